package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.process.Works;

/**
 * A handler takes ten times {@code max.poll.interval.ms}.
 */
final class SlowHandler implements Row {

	@Override
	public String name() {
		return "slow-handler";
	}

	@Override
	public String fault() {
		return "handler 10 × max.poll.interval.ms";
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.client("max.poll.interval.ms", "2000").stopTimeout(Duration.ofSeconds(28)));
		run.createTopic(12);
		run.start(2);
		long given = gone(run);
		run.send(run.load(20)).awaitAcknowledged(20 + run.random().nextInt(40), Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(1).works(Works.always("sleep:20000"))).awaitAcknowledged(1, Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(20));
		run.pass(Duration.ofSeconds(20));
		run.expect(given == gone(run), "a member gave up partitions, or lost them");
	}

	private static long gone(Run run) {
		return run.logged("Rebalancing   : revoked ") + run.logged("Rebalancing   : lost ");
	}

}
