package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.Works;

/**
 * Handlers run out of memory: their consumers stop for good, and a new process goes on.
 */
final class OutOfMemory implements Row {

	@Override
	public String name() {
		return "out-of-memory";
	}

	@Override
	public String fault() {
		return "out of memory in a handler, then stop and start";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED);
	}

	@Override
	public void run(Run run) {
		run.createTopic(12);
		run.start(1);
		run.send(run.load(100)).awaitAcknowledged(100 + run.random().nextInt(200), Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(1).works(Works.always("oom"))).awaitAcknowledged(1, Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(100));
		Health.awaitAll(run, run.any(), Health.DOWN, Duration.ofSeconds(30));
		run.terminate(run.any());
		run.launch().awaitRunning(Run.START);
		run.pass(Duration.ofSeconds(1));
	}

}
