package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;

/**
 * The topic gets more partitions while it is consumed.
 */
final class PartitionsAdded implements Row {

	@Override
	public String name() {
		return "partitions-added";
	}

	@Override
	public String fault() {
		return "partitions added while running";
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
	}

	@Override
	public void run(Run run) {
		run.createTopic(4);
		run.send(run.load(100));
		run.start(2);
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
		run.admin().addPartitions(run.topic(), 12);
		run.passBetween(Duration.ofSeconds(4), Duration.ofSeconds(7));
	}

}
