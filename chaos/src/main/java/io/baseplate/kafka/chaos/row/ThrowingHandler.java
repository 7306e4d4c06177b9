package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.Works;

/**
 * Handlers fail at random, and their consumers start again.
 */
final class ThrowingHandler implements Row {

	@Override
	public String name() {
		return "throwing-handler";
	}

	@Override
	public String fault() {
		return "handler that throws at random, with on-failure: restart";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED);
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.onFailure(OnFailure.RESTART).handlerSleep(Duration.ofMillis(2)));
		run.createTopic(12);
		run.start(2);
		run.send(run.load(100).works(Works.none().and(0.01, "throw").and(0.01, "invalid")));
		run.passBetween(Duration.ofSeconds(10), Duration.ofSeconds(14));
	}

}
