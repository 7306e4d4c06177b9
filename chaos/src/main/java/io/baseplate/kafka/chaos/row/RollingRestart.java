package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.process.ApplicationProcess;

/**
 * Three instances are replaced one by one, as by an orchestrator.
 */
final class RollingRestart implements Row {

	@Override
	public String name() {
		return "rolling-restart";
	}

	@Override
	public String fault() {
		return "rolling restart of 3 instances, SIGTERM, 12 partitions, under load";
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
		run.start(3);
		for (ApplicationProcess old : run.running()) {
			run.passBetween(Duration.ofMillis(500), Duration.ofSeconds(2));
			run.terminate(old);
			run.launch().awaitRunning(Run.START);
		}
		run.settle();
		run.pass(Duration.ofSeconds(1));
	}

}
