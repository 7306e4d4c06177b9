package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.process.ApplicationProcess;

/**
 * Applications die without a farewell while they handle messages, and others take their
 * place.
 */
final class KillApplication implements Row {

	/**
	 * So many that one application can handle them alone, with a commit for each: what is
	 * measured after a kill would be the backlog otherwise.
	 */
	private static final int PER_SECOND = 60;

	@Override
	public String name() {
		return "kill-application";
	}

	@Override
	public String fault() {
		return "kill -9 of an application while handling";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRecovery(Duration.ofSeconds(36));
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.handlerSleep(Duration.ofMillis(3)));
		run.createTopic(12);
		run.send(run.load(PER_SECOND));
		run.start(2);
		for (int i = 0; i < 3; i++) {
			run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
			ApplicationProcess victim = run.any();
			run.kill(victim);
			run.launch().awaitRunning(Run.START);
		}
	}

}
