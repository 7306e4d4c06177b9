package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a load says of its messages is what the brokers hold.
 */
class LoadTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final BrokerCluster cluster = TestRuns.broker();

	private final ClusterAdmin admin = this.cluster.admin();

	private final String topic = TestRuns.name("topic-");

	LoadTests() throws IOException {
		this.admin.createTopic(this.topic, 3);
	}

	@Test
	void whatIsAcknowledgedIsStoredUnderItsIdAndOffset() {
		Sent sent = send(spec().rate(LoadSpec.UNLIMITED).firstId(1000), 500);
		Map<Integer, List<StoredMessage>> stored = this.admin.messages(this.topic);
		stored.forEach((partition,
				messages) -> assertThat(
						messages.stream().collect(Collectors.toMap(StoredMessage::offset, StoredMessage::id)))
					.isEqualTo(sent.acknowledged().get(partition)));
		assertThat(ids(stored)).containsExactlyElementsOf(LongStream.range(1000, 1000 + sent.count()).boxed().toList());
	}

	@Test
	void messagesOfAbortedTransactionsTakeOffsetsAndAreNotStored() {
		Sent sent = send(spec().transactions(5, 0.5).rate(LoadSpec.UNLIMITED), 200);
		assertThat(sent.aborted()).isNotEmpty();
		assertThat(sent.unknown()).isEmpty();
		Set<Long> stored = ids(this.admin.messages(this.topic));
		assertThat(stored).doesNotContainAnyElementsOf(sent.aborted());
		assertThat(stored.size() + sent.aborted().size()).isEqualTo((int) sent.count());
		assertThat(this.admin.endOffsets(this.topic).values().stream().mapToLong(Long::longValue).sum())
			.isGreaterThan(sent.count());
	}

	@Test
	void invalidBodiesHaveIdsAndAreKnown() {
		send(spec().works(Works.always(Works.INVALID)), 10);
		assertThat(this.admin.messages(this.topic).values())
			.allSatisfy((messages) -> assertThat(messages).allSatisfy((message) -> {
				assertThat(message.valid()).isFalse();
				assertThat(message.id()).isNotNegative();
			}));
	}

	@Test
	void theRateIsKept() {
		long start = System.nanoTime();
		try (Load load = Load.start(spec().rate(100))) {
			load.awaitAcknowledged(100, TIMEOUT);
			assertThat(System.nanoTime() - start).isGreaterThan(900_000_000L);
		}
	}

	@Test
	void topicsGrowAndGo() {
		this.admin.addPartitions(this.topic, 5);
		assertThat(this.admin.endOffsets(this.topic)).hasSize(5);
		this.admin.deleteTopic(this.topic);
		assertThat(this.admin.partitions(this.topic)).isZero();
	}

	private LoadSpec spec() {
		return LoadSpec.of(this.cluster.bootstrapServers(), this.topic, 7);
	}

	private static Sent send(LoadSpec spec, long count) {
		try (Load load = Load.start(spec)) {
			load.awaitAcknowledged(count, TIMEOUT);
			return load.stop();
		}
	}

	private static Set<Long> ids(Map<Integer, List<StoredMessage>> stored) {
		return stored.values()
			.stream()
			.flatMap((messages) -> messages.stream().map(StoredMessage::id))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
