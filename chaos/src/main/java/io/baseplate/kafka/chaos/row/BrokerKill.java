package io.baseplate.kafka.chaos.row;

import java.time.Duration;
import java.util.List;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.BrokerProcess;
import io.baseplate.kafka.chaos.process.Span;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * The only broker dies and comes back.
 */
final class BrokerKill implements Row {

	@Override
	public String name() {
		return "broker-kill";
	}

	@Override
	public String fault() {
		return "broker kill -9 and restart";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED).withRecovery(Duration.ofSeconds(30));
	}

	@Override
	public void run(Run run) {
		run.createTopic(12);
		keepSessions(run);
		run.send(run.load(150));
		run.start(2);
		for (int i = 0; i < 2; i++) {
			run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
			BrokerProcess broker = run.cluster().broker(1);
			Span killed = broker.kill();
			run.passBetween(Duration.ZERO, Duration.ofSeconds(8));
			run.fault(FaultKind.BROKER_KILLED, null, killed, broker.start());
		}
		run.pass(Duration.ofSeconds(2));
	}

	/**
	 * Where the session timeout is the brokers' to say, Kafka's default, which consumers
	 * take it to be. That of {@code classic} is shorter than the broker may be away, so
	 * that it forgets its members.
	 */
	private static void keepSessions(Run run) {
		for (Cell cell : Cell.values()) {
			if (cell.protocol().equals("consumer")) {
				run.admin()
					.configure(new ConfigResource(ConfigResource.Type.GROUP, cell.groupId(run.spec().service())),
							List.of(new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", "45000"),
									AlterConfigOp.OpType.SET)));
			}
		}
	}

}
