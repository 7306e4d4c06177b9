package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;

/**
 * Instances come and go under load.
 */
final class Scale implements Row {

	@Override
	public String name() {
		return "scale";
	}

	@Override
	public String fault() {
		return "scale 1 → 3 → 1 under load";
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.handlerSleep(Duration.ofMillis(5)));
		run.createTopic(12);
		run.send(run.load(150));
		run.start(1);
		run.passBetween(Duration.ofMillis(500), Duration.ofSeconds(2));
		run.launch();
		run.passBetween(Duration.ZERO, Duration.ofSeconds(2));
		run.launch();
		run.running().forEach((process) -> process.awaitRunning(Run.START));
		run.settle();
		run.passBetween(Duration.ofMillis(500), Duration.ofSeconds(2));
		run.terminate(run.any());
		run.passBetween(Duration.ZERO, Duration.ofSeconds(1));
		run.terminate(run.any());
		run.pass(Duration.ofSeconds(1));
	}

}
