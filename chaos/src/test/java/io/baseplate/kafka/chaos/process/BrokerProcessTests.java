package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A single broker, and what is done to its process.
 */
class BrokerProcessTests {

	private final BrokerCluster cluster = TestRuns.broker();

	private final BrokerProcess broker = this.cluster.broker(1);

	private final ClusterAdmin admin = this.cluster.admin();

	private final String topic = TestRuns.name("topic-");

	BrokerProcessTests() throws IOException {
	}

	@Test
	void afterKillAndStartTheDataIsThereAtTheSamePorts() {
		this.admin.createTopic(this.topic, 2);
		Sent sent = send(this.cluster.bootstrapServers());
		long pid = this.broker.pid();
		Span kill = this.broker.kill();
		assertThat(this.broker.isAlive()).isFalse();
		Span start = this.broker.start();
		assertThat(start.from()).isGreaterThan(kill.to());
		assertThat(this.broker.isAlive()).isTrue();
		assertThat(this.broker.pid()).isNotEqualTo(pid);
		assertThat(stored()).isEqualTo(acknowledged(sent));
		assertThat(send(this.cluster.proxiedBootstrapServers()).unknown()).isEmpty();
		assertThat(this.admin.endOffsets(this.topic).values().stream().mapToLong(Long::longValue).sum())
			.isGreaterThan(sent.count());
	}

	@Test
	void aPausedBrokerTakesConnectionsAndAnswersAfterItsResumption() {
		this.admin.createTopic(this.topic, 1);
		try (Load load = Load.start(LoadSpec.of(this.cluster.bootstrapServers(), this.topic, 1))) {
			load.awaitAcknowledged(10, Duration.ofSeconds(30));
			this.broker.pause();
			long before = load.acknowledged();
			Awaitility.await()
				.during(Duration.ofMillis(300))
				.until(() -> load.acknowledged() <= before + 20 && load.acknowledged() >= before);
			long whilePaused = load.acknowledged();
			Awaitility.await().during(Duration.ofMillis(300)).until(() -> load.acknowledged() == whilePaused);
			this.broker.resume();
			load.awaitAcknowledged(whilePaused + 20, Duration.ofSeconds(30));
			assertThat(load.stop().unknown()).isEmpty();
		}
	}

	@Test
	void applicationsGoThroughTheProxyAndTheHarnessDoesNot() {
		this.admin.createTopic(this.topic, 1);
		this.broker.proxy().refuse();
		try {
			assertThat(send(this.cluster.bootstrapServers()).acknowledged()).isNotEmpty();
			try (Load load = Load.start(LoadSpec.of(this.cluster.proxiedBootstrapServers(), this.topic, 1))) {
				Awaitility.await().during(Duration.ofMillis(500)).until(() -> load.acknowledged() == 0);
				this.cluster.network().heal();
				load.awaitAcknowledged(1, Duration.ofSeconds(30));
				assertThat(this.broker.proxy().openConnections()).isPositive();
			}
		}
		finally {
			this.cluster.network().heal();
		}
	}

	private Sent send(String bootstrapServers) {
		try (Load load = Load.start(LoadSpec.of(bootstrapServers, this.topic, 1).rate(1000))) {
			load.awaitAcknowledged(50, Duration.ofSeconds(30));
			return load.stop();
		}
	}

	private List<List<Long>> stored() {
		return this.admin.messages(this.topic)
			.values()
			.stream()
			.map((messages) -> messages.stream().map(StoredMessage::id).toList())
			.toList();
	}

	private static List<List<Long>> acknowledged(Sent sent) {
		return sent.acknowledged().values().stream().map(SortedMap::values).map(List::copyOf).toList();
	}

}
