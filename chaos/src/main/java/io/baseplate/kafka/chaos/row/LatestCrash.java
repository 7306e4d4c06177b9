package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;

/**
 * With {@code latest}, an application dies before the first message of a new group is
 * committed.
 */
final class LatestCrash implements Row {

	@Override
	public String name() {
		return "latest-crash";
	}

	@Override
	public String fault() {
		return "crash before the first commit of a new group with latest";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults();
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.property("baseplate.kafka.auto-offset-reset", "latest")
			.commitInterval(Duration.ofSeconds(5))
			.handlerSleep(Duration.ofMillis(20)));
		run.createTopic(12);
		run.send(run.load(500)).awaitAcknowledged(300, Duration.ofSeconds(30));
		run.stopLoads();
		run.begins(run.admin().endOffsets(run.topic()));
		run.start(1);
		run.awaitStartPositions();
		run.send(run.load(300));
		run.passBetween(Duration.ofMillis(20), Duration.ofMillis(800));
		run.kill(run.any());
		run.launch().awaitRunning(Run.START);
		run.pass(Duration.ofSeconds(2));
	}

}
