package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * Where newly assigned partitions begin, on Kafka's {@code MockConsumer}.
 */
class StartPositionsTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final TopicPartition TWO = new TopicPartition("topic", 2);

	private final Kafka kafka = new Kafka();

	private long time = 1;

	private final ReaderParts parts = parts(null);

	private final StartPositions positions = new StartPositions(this.parts);

	@Test
	void aPartitionWithoutACommittedOffsetGetsItsStartPositionCommitted() {
		assign();
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 10L, TWO, 20L));
		assertThat(this.parts.assignment().get(ONE).position()).isEqualTo(10);
	}

	@Test
	void anErrorThatTheClientDidNotExpectIsBorneForAMinute() {
		KafkaException failure = new KafkaException("Unexpected error in fetch offset response: The server experienced "
				+ "an unexpected error when processing the request.");
		this.kafka.failure = failure;
		assign();
		for (int i = 0; i < 6; i++) {
			this.positions.settle();
			this.time += TimeUnit.SECONDS.toNanos(10);
		}
		assertThatThrownBy(this.positions::settle).isSameAs(failure);
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
	void betweenTwoAttemptsTheReaderIsFreeForAWhileAndLaterAttemptsOnlyLook() {
		this.kafka.silent.add(ONE);
		assign();
		this.positions.settle();
		this.positions.settle();
		assertThat(this.kafka.waits).containsExactly(Duration.ofMillis(500));
		this.time += TimeUnit.SECONDS.toNanos(1);
		this.positions.settle();
		assertThat(this.kafka.waits).containsExactly(Duration.ofMillis(500), Duration.ZERO);
	}

	@Test
	void aPartitionThatCannotBeSettledCostsTheReaderLessAndLess() {
		this.kafka.silent.add(ONE);
		assign();
		List<Long> attempts = new ArrayList<>();
		long end = this.time + TimeUnit.SECONDS.toNanos(30);
		while (this.time < end) {
			int before = this.kafka.waits.size();
			this.positions.settle();
			if (this.kafka.waits.size() > before) {
				attempts.add(TimeUnit.NANOSECONDS.toMillis(this.time));
			}
			this.time += TimeUnit.MILLISECONDS.toNanos(50);
		}
		assertThat(attempts).containsExactly(0L, 200L, 600L, 1400L, 3000L, 6200L, 11200L, 16200L, 21200L, 26200L);
		assertThat(this.positions.settle()).as("the reader may wait for messages of the others").isTrue();
		assertThat(this.parts.assignment().unreadable()).containsExactly(ONE);
	}

	@Test
	void aPartitionThatIsNewDoesNotWaitForTheNextAttemptOfAnother() {
		this.kafka.silent.add(ONE);
		assign();
		this.positions.settle();
		new Rebalancing(this.parts).onPartitionsLost(List.of(TWO));
		new Rebalancing(this.parts).onPartitionsAssigned(List.of(TWO));
		this.kafka.known.put(TWO, new OffsetAndMetadata(23));
		assertThat(this.positions.settle()).isFalse();
		assertThat(this.parts.assignment().unreadable()).containsExactly(ONE);
		assertThat(this.parts.assignment().get(TWO).position()).isEqualTo(23);
	}

	@Test
	void whatWasCommittedAfterTheClientHadItsPositionIsWhereItBegins() {
		this.kafka.committing = () -> this.kafka.known.put(ONE, new OffsetAndMetadata(15, Optional.of(3), ""));
		assign();
		this.kafka.position(ONE, Duration.ZERO);
		this.kafka.calls.clear();
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.calls).containsSubsequence("position 1", "committed", "seek 1 to 15 of 3");
		assertThat(this.kafka.position(ONE, Duration.ZERO)).isEqualTo(15);
		assertThat(this.parts.assignment().get(ONE).position()).isEqualTo(15);
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 20L));
	}

	@Test
	void anOffsetThatWasCommittedBelowTheClientsPositionIsWhereItBeginsToo() {
		assign();
		this.kafka.seek(ONE, 18);
		this.kafka.known.put(ONE, new OffsetAndMetadata(12));
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.position(ONE, Duration.ZERO)).isEqualTo(12);
		assertThat(this.parts.assignment().get(ONE).position()).isEqualTo(12);
	}

	@Test
	void aPartitionWithACommittedOffsetDoesNotWaitForItsLeader() {
		this.kafka.silent.addAll(Set.of(ONE, TWO));
		this.kafka.known.put(ONE, new OffsetAndMetadata(15));
		assign();
		assertThat(this.positions.settle()).isFalse();
		assertThat(this.kafka.calls).contains("seek 1 to 15");
		assertThat(this.parts.assignment().unreadable()).containsExactly(TWO);
	}

	@Test
	void aPartitionThatGoesBeforeTheClientIsMovedIsLeftToTheNextPoll() {
		this.kafka.known.put(ONE, new OffsetAndMetadata(15));
		this.kafka.seeking = () -> {
			throw new IllegalStateException("No current assignment for partition " + ONE);
		};
		assign();
		assertThat(this.positions.settle()).isFalse();
		assertThat(this.parts.assignment().unreadable()).containsExactly(ONE);
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 20L));
	}

	@Test
	void aThousandPartitionsCostOneRequestAndMoveNoneThatIsInPlace() {
		List<TopicPartition> partitions = IntStream.range(0, 1000)
			.mapToObj((i) -> new TopicPartition("topic", i))
			.toList();
		this.kafka.rebalance(partitions);
		partitions.forEach((partition) -> {
			this.kafka.updateBeginningOffsets(Map.of(partition, 5L));
			this.kafka.known.put(partition, new OffsetAndMetadata(5));
		});
		this.parts.assignment().add(partitions);
		assertThat(this.positions.settle()).isTrue();
		assertThat(this.kafka.calls).filteredOn((call) -> !call.startsWith("position")).containsExactly("committed");
	}

	@Test
	void byDurationAPartitionInWhichNothingIsYoungEnoughBeginsAtItsEnd() {
		ReaderParts parts = byDuration();
		assertThat(new StartPositions(parts).settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 17L, TWO, 26L));
		assertThat(this.kafka.calls).contains("seek 1 to 17", "seek 2 to 26 of 4");
		assertThat(parts.assignment().get(ONE).position()).isEqualTo(17);
		assertThat(parts.assignment().get(TWO).position()).isEqualTo(26);
	}

	/**
	 * The other way round, a message that is written between the two would be skipped.
	 */
	@Test
	void byDurationTheEndIsAskedForBeforeTheYoungMessage() {
		ReaderParts parts = byDuration();
		this.kafka.asking = () -> {
			this.kafka.young.put(ONE, new OffsetAndTimestamp(17, 0));
			this.kafka.updateEndOffsets(Map.of(ONE, 18L));
		};
		new StartPositions(parts).settle();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 17L, TWO, 26L));
	}

	@Test
	void byDurationACommittedOffsetIsWhereItBegins() {
		ReaderParts parts = byDuration();
		this.kafka.known.put(ONE, new OffsetAndMetadata(3));
		assertThat(new StartPositions(parts).settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 26L));
		assertThat(parts.assignment().get(ONE).position()).isEqualTo(3);
	}

	@Test
	void byDurationAPartitionWithoutALeaderAndALeaderWithoutAnAnswerDoNotKeepTheOthersWaiting() {
		ReaderParts parts = byDuration();
		this.kafka.leaders.put(ONE, -1);
		StartPositions positions = new StartPositions(parts);
		assertThat(positions.settle()).isFalse();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 26L));
		this.kafka.leaders.put(ONE, 7);
		this.kafka.away.add(7);
		this.time += TimeUnit.SECONDS.toNanos(1);
		assertThat(positions.settle()).isFalse();
		this.kafka.away.clear();
		this.time += TimeUnit.SECONDS.toNanos(1);
		assertThat(positions.settle()).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(TWO, 26L), Map.of(ONE, 17L));
	}

	@Test
	void withoutAnAnswerFromAnyLeaderNothingIsTakenForTheEnd() {
		ReaderParts parts = byDuration();
		this.kafka.away.addAll(Set.of(1, 2));
		assertThat(new StartPositions(parts).settle()).isFalse();
		assertThat(this.kafka.commits).isEmpty();
		assertThat(parts.assignment().unreadable()).containsExactlyInAnyOrder(ONE, TWO);
	}

	/**
	 * The client has no position of either; what is young enough begins at 26 in TWO.
	 */
	private ReaderParts byDuration() {
		ReaderParts parts = parts(Duration.ofHours(1));
		assign(parts);
		this.kafka.silent.addAll(Set.of(ONE, TWO));
		this.kafka.updateEndOffsets(Map.of(ONE, 17L, TWO, 29L));
		this.kafka.young.put(TWO, new OffsetAndTimestamp(26, 0, Optional.of(4)));
		return parts;
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
		assign(this.parts);
	}

	private void assign(ReaderParts parts) {
		this.kafka.rebalance(List.of(ONE, TWO));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 10L, TWO, 20L));
		parts.assignment().add(List.of(ONE, TWO));
	}

	private ReaderParts parts(@Nullable Duration resetDuration) {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.resetDuration(resetDuration)
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
	 * Does not know the positions of silent partitions, and remembers what it was asked.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final Set<TopicPartition> silent = new HashSet<>();

		private final Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();

		private final Map<TopicPartition, OffsetAndTimestamp> young = new HashMap<>();

		/**
		 * Leaders of partitions, negative where there is none.
		 */
		private final Map<TopicPartition, Integer> leaders = new HashMap<>(Map.of(ONE, 1, TWO, 2));

		private final Set<Integer> away = new HashSet<>();

		private final List<Map<TopicPartition, Long>> commits = new ArrayList<>();

		private final List<Duration> waits = new ArrayList<>();

		private final List<String> calls = new ArrayList<>();

		/**
		 * Called before committed offsets are looked up, before a seek, and between two
		 * questions about a log.
		 */
		private Runnable committing = () -> {
		};

		private Runnable seeking = () -> {
		};

		private Runnable asking = () -> {
		};

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
			this.committing.run();
			this.calls.add("committed");
			Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
			partitions.forEach((partition) -> committed.put(partition, this.known.get(partition)));
			return committed;
		}

		@Override
		public synchronized long position(TopicPartition partition, Duration timeout) {
			this.calls.add("position " + partition.partition());
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
		public void seek(TopicPartition partition, OffsetAndMetadata offset) {
			this.seeking.run();
			this.calls.add("seek " + partition.partition() + " to " + offset.offset()
					+ offset.leaderEpoch().map((epoch) -> " of " + epoch).orElse(""));
			super.seek(partition, offset);
		}

		@Override
		public synchronized List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
			return this.leaders.entrySet()
				.stream()
				.map((leader) -> new PartitionInfo(topic, leader.getKey().partition(),
						(leader.getValue() < 0) ? null : new Node(leader.getValue(), "localhost", 9092), null, null))
				.toList();
		}

		@Override
		public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions,
				Duration timeout) {
			requireAnswer(partitions, timeout);
			Map<TopicPartition, Long> ends = super.endOffsets(partitions);
			this.asking.run();
			return ends;
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> times,
				Duration timeout) {
			requireAnswer(times.keySet(), timeout);
			assertThat(times.values()).allSatisfy((from) -> assertThat(Instant.ofEpochMilli(from))
				.isCloseTo(Instant.now().minus(Duration.ofHours(1)), within(1, ChronoUnit.MINUTES)));
			Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
			times.keySet().forEach((partition) -> found.put(partition, this.young.get(partition)));
			this.asking.run();
			return found;
		}

		/**
		 * Kafka's client asks all leaders, and answers when all have answered; without
		 * time it answers at once, as if there were nothing.
		 */
		private void requireAnswer(Collection<TopicPartition> partitions, Duration timeout) {
			assertThat(timeout).isPositive();
			for (TopicPartition partition : partitions) {
				int leader = this.leaders.get(partition);
				if (leader < 0 || this.away.contains(leader)) {
					throw new TimeoutException("no answer");
				}
			}
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
