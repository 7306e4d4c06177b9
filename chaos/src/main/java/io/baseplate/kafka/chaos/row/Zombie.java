package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.Span;

/**
 * An application stands still past its session, loses its partitions, and wakes up. Under
 * {@code consumer} the brokers alone know the session timeout: it is longer here than
 * what consumers assume.
 */
final class Zombie implements Row {

	@Override
	public String name() {
		return "zombie";
	}

	@Override
	public String fault() {
		return "application paused (SIGSTOP) past the session timeout, then resumed";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRecovery(Duration.ofSeconds(48));
	}

	@Override
	public BrokerOptions brokerOptions() {
		return BrokerOptions.defaults().sessionTimeout(BrokerOptions.LONG_SESSION);
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.handlerSleep(Duration.ofMillis(5)));
		run.createTopic(12);
		run.send(run.load(150));
		run.start(2);
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
		ApplicationProcess victim = run.any();
		Span paused = victim.pause();
		run.pass(BrokerOptions.LONG_SESSION.plusMillis(2000 + run.random().nextInt(4000)));
		run.fault(FaultKind.PAUSED, victim, paused, victim.resume());
		run.settle();
		run.pass(Duration.ofSeconds(2));
	}

}
