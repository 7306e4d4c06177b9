package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three brokers, of which one may be away.
 */
class BrokerClusterTests {

	@Test
	void whileOneOfThreeIsAwayWritesAreAcknowledgedAndNothingIsLostWhenItIsBack() throws IOException {
		try (BrokerCluster cluster = BrokerCluster.start(TestRuns.directory(), 3, TestRuns.BROKERS)) {
			ClusterAdmin admin = cluster.admin();
			admin.createTopic("topic", 3);
			for (int partition = 0; partition < 3; partition++) {
				admin.moveLeader("topic", partition, 2);
			}
			admin.moveCoordinator("service.group", 2);
			assertThat(admin.leaders("topic").values()).containsOnly(2);
			assertThat(admin.coordinator("service.group")).isEqualTo(2);
			Sent sent;
			try (Load load = Load.start(LoadSpec.of(cluster.bootstrapServers(), "topic", 1))) {
				load.awaitAcknowledged(50, Duration.ofSeconds(30));
				cluster.broker(2).kill();
				load.awaitAcknowledged(load.sent() + 100, Duration.ofSeconds(60));
				assertThat(admin.leaders("topic").values()).doesNotContain(2);
				assertThat(admin.coordinator("service.group")).isNotEqualTo(2);
				cluster.broker(2).start();
				admin.awaitInSync("topic");
				cluster.broker(3).stop();
				load.awaitAcknowledged(load.sent() + 50, Duration.ofSeconds(60));
				sent = load.stop();
			}
			assertThat(sent.unknown()).isEmpty();
			Set<Long> stored = admin.messages("topic")
				.values()
				.stream()
				.flatMap((messages) -> messages.stream().map(StoredMessage::id))
				.collect(Collectors.toSet());
			assertThat(stored).hasSize((int) sent.count());
			assertThat(cluster.brokers()).extracting(BrokerProcess::isAlive).containsExactly(true, true, false);
			long pid = cluster.broker(1).pid();
			cluster.close();
			Awaitility.await().until(() -> ProcessHandle.of(pid).isEmpty());
		}
	}

}
