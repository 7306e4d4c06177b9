package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where newly assigned partitions begin, on Kafka's {@code MockConsumer}.
 */
class StartPositionsTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final TopicPartition TWO = new TopicPartition("topic", 2);

	private final Kafka kafka = new Kafka();

	private long time = 1;

	private final ReaderParts parts = parts();

	private final StartPositions positions = new StartPositions(this.parts);

	@Test
	void aPartitionWithoutACommittedOffsetGetsItsStartPositionCommitted() {
		assign();
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 10L, TWO, 20L));
		assertThat(this.parts.assignment().get(ONE).position()).isEqualTo(10);
	}

	@Test
	void aCommittedOffsetIsWhereItBeginsAndIsNotCommittedAgain() {
		this.kafka.known.put(ONE, new OffsetAndMetadata(15));
		assign();
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 20L));
		assertThat(this.parts.assignment().get(ONE).position()).isEqualTo(15);
		assertThat(this.parts.assignment().get(ONE).committed()).isEqualTo(15);
	}

	@Test
	void aPartitionWhoseLeaderIsAwayDoesNotKeepTheOthersWaiting() {
		this.kafka.silent.add(ONE);
		assign();
		assertThat(this.positions.settle()).isFalse();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 20L));
		assertThat(this.parts.assignment().unreadable()).containsExactly(ONE);
		this.kafka.silent.clear();
		this.time += TimeUnit.SECONDS.toNanos(1);
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 20L), Map.of(ONE, 10L));
		assertThat(this.parts.assignment().unreadable()).isEmpty();
	}

	@Test
	void betweenTwoAttemptsTheReaderIsFreeForAWhileAndLaterAttemptsAreShort() {
		this.kafka.silent.add(ONE);
		assign();
		this.positions.settle();
		this.positions.settle();
		assertThat(this.kafka.waits).containsExactly(Duration.ofSeconds(1));
		this.time += TimeUnit.SECONDS.toNanos(1);
		this.positions.settle();
		assertThat(this.kafka.waits).containsExactly(Duration.ofSeconds(1), Duration.ofMillis(100));
	}

	/**
	 * Under KIP-848 the client says so with the bare errors of the coordinator.
	 */
	@Test
	void aFencedMemberIsNoFailure() {
		assign();
		for (RuntimeException failure : List.of(new UnknownMemberIdException("fenced"),
				new StaleMemberEpochException("stale"))) {
			this.kafka.failure = failure;
			assertThat(this.positions.settle()).isFalse();
			this.time += TimeUnit.SECONDS.toNanos(1);
		}
		this.kafka.failure = null;
		assertThat(this.positions.settle()).isTrue();
	}

	@Test
	void aPartitionThatTheClientDoesNotHaveAnyMoreIsLeftToTheNextPoll() {
		assign();
		this.kafka.rebalance(List.of(TWO));
		assertThat(this.positions.settle()).isFalse();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 20L));
		new Rebalancing(this.parts).onPartitionsLost(List.of(ONE));
		this.time += TimeUnit.SECONDS.toNanos(1);
		assertThat(this.positions.settle()).isTrue();
	}

	private void assign() {
		this.kafka.rebalance(List.of(ONE, TWO));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 10L, TWO, 20L));
		this.parts.assignment().add(List.of(ONE, TWO));
	}

	private ReaderParts parts() {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.build();
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(() -> this.time, settings.sessionTimeout(), settings.maxPollInterval(),
				CountedAnswers.none(() -> this.time));
		Outcomes.Counts counts = new Outcomes.Counts();
		this.kafka.subscribe(Set.of("topic"));
		return new ReaderParts(settings, this.kafka, () -> this.time, ConsumerTelemetry.NOOP, mailbox, lease,
				new Outcomes(mailbox, counts), counts, new WorkQueue(lease, mailbox), List.of());
	}

	/**
	 * Does not know the positions of silent partitions, and remembers commits.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final Set<TopicPartition> silent = new HashSet<>();

		private final Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();

		private final List<Map<TopicPartition, Long>> commits = new ArrayList<>();

		private final List<Duration> waits = new ArrayList<>();

		private @Nullable RuntimeException failure;

		private Kafka() {
			super("earliest");
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
				Duration timeout) {
			if (this.failure != null) {
				throw this.failure;
			}
			Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
			partitions.forEach((partition) -> committed.put(partition, this.known.get(partition)));
			return committed;
		}

		@Override
		public synchronized long position(TopicPartition partition, Duration timeout) {
			if (this.silent.contains(partition)) {
				this.waits.add(timeout);
				throw new TimeoutException("no leader");
			}
			if (!assignment().contains(partition)) {
				throw new IllegalStateException("You can only check the position for partitions assigned");
			}
			return super.position(partition);
		}

		@Override
		public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			Map<TopicPartition, Long> commit = new HashMap<>();
			offsets.forEach((partition, offset) -> commit.put(partition, offset.offset()));
			this.commits.add(commit);
			this.known.putAll(offsets);
		}

	}

}
