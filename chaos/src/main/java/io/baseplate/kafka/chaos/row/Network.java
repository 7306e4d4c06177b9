package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.NetworkFaults;
import io.baseplate.kafka.chaos.process.Span;

/**
 * The network between applications and the broker does what networks do.
 */
final class Network implements Row {

	@Override
	public String name() {
		return "network";
	}

	@Override
	public String fault() {
		return "connections reset, delayed 200 ms, stalled, refused, in random order";
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
		run.createTopic(12);
		run.send(run.load(100));
		run.start(2);
		NetworkFaults network = run.cluster().network();
		long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
		while (System.nanoTime() < end) {
			run.passBetween(Duration.ofMillis(500), Duration.ofSeconds(4));
			Span begun = befall(run, network);
			run.passBetween(Duration.ofMillis(200), Duration.ofSeconds(6));
			run.fault(FaultKind.NETWORK, null, begun, network.heal());
		}
		run.pass(Duration.ofSeconds(3));
	}

	private Span befall(Run run, NetworkFaults network) {
		return switch (run.random().nextInt(6)) {
			case 0 -> network.reset();
			case 1 -> network.delay(Duration.ofMillis(200));
			case 2 -> network.stall();
			case 3 -> network.stallAnswers();
			case 4 -> network.refuse();
			default -> network.delay(Duration.ofMillis(200)).until(network.stall());
		};
	}

}
