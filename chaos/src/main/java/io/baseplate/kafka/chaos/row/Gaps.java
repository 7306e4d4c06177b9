package io.baseplate.kafka.chaos.row;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.Load;
import io.baseplate.kafka.chaos.process.StoredMessage;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Offsets have gaps: by compaction at first, then by transactions, some of them aborted.
 */
final class Gaps implements Row {

	@Override
	public String name() {
		return "gaps";
	}

	@Override
	public String fault() {
		return "transactional producer with aborted transactions, compaction: gaps in the offsets";
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
	}

	@Override
	public BrokerOptions brokerOptions() {
		return BrokerOptions.defaults()
			.property("log.cleaner.enable", "true")
			.property("log.cleaner.dedupe.buffer.size", "2097152")
			.property("log.cleaner.backoff.ms", "200");
	}

	@Override
	public void run(Run run) {
		run.admin()
			.createTopic(run.topic(), 4, 1, Map.of("cleanup.policy", "compact", "segment.ms", "300",
					"min.cleanable.dirty.ratio", "0.01", "max.compaction.lag.ms", "500"));
		Load compacted = run.send(run.load(300));
		compacted.awaitAcknowledged(600, Duration.ofSeconds(60));
		run.await(() -> stored(run) < compacted.acknowledged() / 2, Duration.ofSeconds(60),
				() -> "nothing was compacted");
		run.stopLoads();
		// What is compacted later would be missing from the truth.
		ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, run.topic());
		run.admin()
			.configure(topic,
					List.of(new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET)));
		run.start(2);
		run.send(run.load(100).transactions(1 + run.random().nextInt(20), 0.3));
		run.passBetween(Duration.ofSeconds(5), Duration.ofSeconds(8));
	}

	private static long stored(Run run) {
		return run.admin().messages(run.topic()).values().stream().mapToLong(List<StoredMessage>::size).sum();
	}

}
