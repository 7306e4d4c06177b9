package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.BrokerProcess;
import io.baseplate.kafka.chaos.process.Span;

/**
 * In a cluster of three, brokers die, and leaders and coordinators move.
 */
final class LeaderChange implements Row {

	@Override
	public String name() {
		return "leader-change";
	}

	@Override
	public String fault() {
		return "3 brokers: kill -9 of one, leaders and coordinators move";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED).withRecovery(Duration.ofSeconds(30));
	}

	@Override
	public int brokers() {
		return 3;
	}

	@Override
	public BrokerOptions brokerOptions() {
		return BrokerOptions.defaults().sessionTimeout(BrokerOptions.LONG_SESSION);
	}

	@Override
	public void run(Run run) {
		run.createTopic(12);
		run.send(run.load(30));
		run.start(2);
		for (int i = 0; i < 4; i++) {
			run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
			switch ((i + run.random().nextInt(3)) % 3) {
				case 0 -> killOne(run);
				case 1 -> moveLeaders(run);
				default -> moveCoordinators(run);
			}
		}
		run.pass(Duration.ofSeconds(2));
	}

	private void killOne(Run run) {
		run.admin().awaitInSync(run.topic());
		run.admin().awaitInSync("__consumer_offsets");
		BrokerProcess broker = run.cluster().broker(1 + run.random().nextInt(3));
		Span killed = broker.kill();
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
		Span started = broker.start();
		run.admin().awaitBrokers(3);
		run.admin().awaitInSync(run.topic());
		run.admin().awaitInSync("__consumer_offsets");
		run.fault(FaultKind.BROKER_KILLED, null, killed, started);
	}

	private void moveLeaders(Run run) {
		long from = System.nanoTime();
		for (int i = 0; i < 4; i++) {
			run.admin().moveLeader(run.topic(), run.random().nextInt(12), 1 + run.random().nextInt(3));
		}
		run.fault(FaultKind.LEADERS_MOVED, null, new Span(from, System.nanoTime()));
	}

	private void moveCoordinators(Run run) {
		long from = System.nanoTime();
		for (String group : run.spec().groups()) {
			run.admin().moveCoordinator(group, 1 + run.random().nextInt(3));
		}
		run.fault(FaultKind.LEADERS_MOVED, null, new Span(from, System.nanoTime()));
	}

}
