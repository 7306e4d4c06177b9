package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.Limits;
import io.baseplate.kafka.chaos.process.Works;

/**
 * One message takes much longer than the rest, and the application dies meanwhile.
 */
final class SlowMessage implements Row {

	@Override
	public String name() {
		return "slow-message";
	}

	@Override
	public String fault() {
		return "one message much slower than the rest, then kill -9";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults();
	}

	@Override
	public Limits limits(ConsumerMode mode) {
		return (mode == ConsumerMode.IN_ORDER) ? new Limits(1, 200, 41) : new Limits(16, 200, 40);
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.maxUncommitted(200).batchSize(20));
		run.createTopic(3);
		run.start(1);
		run.send(run.load(100)).awaitAcknowledged(50 + run.random().nextInt(100), Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(1).works(Works.always("sleep:6000"))).awaitAcknowledged(1, Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(400));
		run.passBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
		run.kill(run.any());
		run.launch().awaitRunning(Run.START);
		run.pass(Duration.ofSeconds(1));
	}

}
