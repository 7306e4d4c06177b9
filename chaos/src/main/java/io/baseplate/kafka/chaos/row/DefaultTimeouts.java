package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.BrokerProcess;
import io.baseplate.kafka.chaos.process.Span;

/**
 * How long recovery takes where nobody has shortened the session timeouts: an application
 * dies, and after that the broker is away. Not one of all rows, because there is nothing
 * random in it.
 */
final class DefaultTimeouts implements Row {

	/**
	 * Of Kafka's brokers, for members with {@code group.protocol=consumer}.
	 */
	private static final Duration BROKERS_SESSION = Duration.ofSeconds(45);

	/**
	 * Of this library's consumers with {@code group.protocol=classic}.
	 */
	private static final Duration CLASSIC_SESSION = Duration.ofSeconds(10);

	@Override
	public String name() {
		return "default-timeouts";
	}

	@Override
	public String fault() {
		return "kill -9 of an application, then of the broker, with all timeouts as they are by default";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED).withRecovery(Duration.ofSeconds(75));
	}

	@Override
	public BrokerOptions brokerOptions() {
		return BrokerOptions.defaults()
			.sessionTimeout(BROKERS_SESSION)
			.property("group.consumer.heartbeat.interval.ms", "5000");
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.sessionTimeout(CLASSIC_SESSION)
			.property("baseplate.kafka.properties.metadata.max.age.ms", "300000"));
		for (Cell cell : Cell.values()) {
			if (cell.protocol().equals("classic")) {
				run.tune((spec) -> spec.client(cell, "heartbeat.interval.ms", "3000"));
			}
		}
		run.createTopic(12);
		run.send(run.load(100));
		run.start(2);
		run.pass(Duration.ofSeconds(5));
		ApplicationProcess victim = run.any();
		run.kill(victim);
		// Nobody new comes: the partitions go to the one that is left when the session
		// ends.
		run.settle();
		run.pass(Duration.ofSeconds(5));
		BrokerProcess broker = run.cluster().broker(1);
		Span killed = broker.kill();
		run.pass(Duration.ofSeconds(5));
		run.fault(FaultKind.BROKER_KILLED, null, killed, broker.start());
		run.pass(Duration.ofSeconds(10));
	}

}
