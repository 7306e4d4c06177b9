package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.BrokerProcess;
import io.baseplate.kafka.chaos.process.Span;

/**
 * The broker stands still with all connections open, for a while and for longer than the
 * sessions last.
 */
final class BrokerHung implements Row {

	@Override
	public String name() {
		return "broker-hung";
	}

	@Override
	public String fault() {
		return "broker hung (SIGSTOP) for 5 s and for longer than the session timeout";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED).withRecovery(Duration.ofSeconds(36));
	}

	@Override
	public BrokerOptions brokerOptions() {
		return BrokerOptions.defaults().sessionTimeout(BrokerOptions.LONG_SESSION);
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.property("baseplate.kafka.broker-away-after", "3s"));
		run.createTopic(12);
		run.send(run.load(150));
		run.start(2);
		hang(run, Duration.ofSeconds(5));
		run.passBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
		hang(run, BrokerOptions.LONG_SESSION.plusMillis(1000 + run.random().nextInt(3000)));
		run.pass(Duration.ofSeconds(3));
	}

	private void hang(Run run, Duration time) {
		BrokerProcess broker = run.cluster().broker(1);
		Span paused = broker.pause();
		run.pass(time);
		Span resumed = broker.resume();
		run.fault(FaultKind.BROKER_PAUSED, null, paused, resumed);
		Health.expectDown(run, resumed.from());
	}

}
