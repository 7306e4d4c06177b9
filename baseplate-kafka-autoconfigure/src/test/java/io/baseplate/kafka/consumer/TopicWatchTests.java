package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.consumer.OffsetCommitter.Batch;
import io.baseplate.kafka.consumer.OffsetCommitter.Result;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of commits and partitions whose topic was deleted, on Kafka's
 * {@code MockConsumer} and the test's thread.
 */
class TopicWatchTests {

	private static final TopicPartition DOOMED = new TopicPartition("doomed", 0);

	private static final TopicPartition OTHER = new TopicPartition("other", 0);

	private final Kafka kafka = new Kafka();

	private final Counts counts = new Counts();

	private long time;

	/**
	 * Since when time goes by itself, negative where it stands still.
	 */
	private long timeGoesOnFrom = -1;

	@ParameterizedTest
	@EnumSource(Failure.class)
	void aCommitThatFailedForADeletedTopicIsSentAgainWithoutIt(Failure failure) {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		this.kafka.failure = failure.exception;
		assertThat(commit(parts)).containsOnlyKeys(DOOMED, OTHER);
		assertThat(commit(parts)).isEqualTo(Map.of(OTHER, 11L));
		assertThat(this.kafka.committed).isEqualTo(Map.of(OTHER, 11L));
		assertThat(parts.missingTopics()).containsExactly("doomed");
		assertThat(parts.assignment().hasUncommitted()).isTrue();
		assertThat(parts.assignment().touched()).extracting(PartitionProgress::topicPartition).containsExactly(OTHER);
	}

	@Test
	void whatIsQueuedOfADeletedTopicIsDroppedAndNothingMoreIsReadOfIt() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		commit(parts);
		assertThat(this.counts.totals().dropped()).isEqualTo(1);
		assertThat(parts.queue().depth()).isEqualTo(1);
		assertThat(parts.assignment().unreadable()).containsExactly(DOOMED);
	}

	@Test
	void underReadWhatIsQueuedOfADeletedTopicIsHandledAllTheSame() {
		ReaderParts parts = parts(CommitStrategy.READ);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		commit(parts);
		assertThat(parts.assignment().gone()).containsExactly(DOOMED);
		assertThat(this.counts.totals().dropped()).isZero();
		assertThat(parts.queue().depth()).isEqualTo(2);
	}

	@Test
	void nothingIsLeftOutWhileItsTopicExistsOrNobodySaysThatItDoesNot() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.fails = true;
		List<Runnable> answers = List.of(() -> {
		}, () -> this.kafka.unanswered = new TimeoutException(), () -> {
			this.kafka.unanswered = null;
			this.kafka.listsNothing = true;
		});
		for (Runnable answer : answers) {
			answer.run();
			int asked = this.kafka.asked;
			assertThat(commit(parts)).containsOnlyKeys(DOOMED, OTHER);
			assertThat(this.kafka.asked).isEqualTo(asked + 1);
			this.time += Duration.ofSeconds(5).toNanos();
		}
		this.kafka.fails = false;
		commit(parts);
		assertThat(this.kafka.committed).isEqualTo(Map.of(DOOMED, 11L, OTHER, 11L));
		assertThat(parts.missingTopics()).isEmpty();
	}

	@Test
	void brokersAreAskedOnceASecondAtMostAndNotAboutOtherFailures() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.fails = true;
		for (int i = 0; i < 20; i++) {
			commit(parts);
			this.time += Duration.ofMillis(100).toNanos();
		}
		assertThat(this.kafka.asked).isEqualTo(2);
		this.time += Duration.ofSeconds(10).toNanos();
		commit(parts);
		this.kafka.failure = new RetriableCommitFailedException(new NotCoordinatorException("moved"));
		this.time += Duration.ofSeconds(10).toNanos();
		commit(parts);
		assertThat(this.kafka.asked).isEqualTo(3);
	}

	@Test
	void aWakeupInTheWayOfTheQuestionDoesNotPostponeIt() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		this.kafka.unanswered = new WakeupException();
		commit(parts);
		this.kafka.unanswered = null;
		parts.topics().look();
		assertThat(parts.assignment().gone()).containsExactly(DOOMED);
	}

	@Test
	void whereTheTopicExistsAgainNothingOfTheFormerOneIsCommittedAndItsPartitionBeginsAnew() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		PartitionProgress former = progress(parts, DOOMED);
		this.kafka.deleted.add("doomed");
		commit(parts);
		this.kafka.deleted.clear();
		assertThat(commit(parts)).containsOnlyKeys(OTHER);
		parts.topics().look();
		assertThat(parts.assignment().gone()).containsExactly(DOOMED);
		this.time += Duration.ofSeconds(5).toNanos();
		this.kafka.updateBeginningOffsets(Map.of(DOOMED, 0L));
		parts.topics().look();
		assertThat(parts.assignment().gone()).isEmpty();
		assertThat(parts.assignment().isCurrent(former)).isFalse();
		assertThat(parts.assignment().fresh()).containsExactly(DOOMED);
		assertThat(parts.missingTopics()).isEmpty();
		assertThat(this.kafka.position(DOOMED)).isZero();
		assertThat(commit(parts)).isEmpty();
		new StartPositions(parts).settle();
		assertThat(this.kafka.committed).isEqualTo(Map.of(OTHER, 11L, DOOMED, 0L));
	}

	@Test
	void aPartitionThatWasOnlyThoughtToBeGoneGoesOnAtItsCommittedOffset() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		this.kafka.commitSync(Map.of(DOOMED, new OffsetAndMetadata(10)), Duration.ZERO);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		commit(parts);
		this.kafka.deleted.clear();
		this.time += Duration.ofSeconds(5).toNanos();
		parts.topics().look();
		new StartPositions(parts).settle();
		assertThat(this.kafka.position(DOOMED)).isEqualTo(10);
		assertThat(progress(parts, DOOMED).committed()).isEqualTo(10);
	}

	@Test
	void aRevocationCommitsTheOtherTopicAndDoesNotInsistOnTheDeletedOne() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		long begun = System.nanoTime();
		this.timeGoesOnFrom = begun;
		this.kafka.rebalance(List.of());
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
		assertThat(this.kafka.committed).isEqualTo(Map.of(OTHER, 11L));
	}

	@Test
	void aStopCommitsTheOtherTopicAndDoesNotInsistOnTheDeletedOne() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		handleOneOfTwo(parts);
		this.kafka.deleted.add("doomed");
		long begun = System.nanoTime();
		this.timeGoesOnFrom = begun;
		new Drain(parts, List.of(), parts.ticker().nanos()).run(false);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
		assertThat(this.kafka.committed).isEqualTo(Map.of(OTHER, 11L));
	}

	/**
	 * A turn of the reader, as far as commits are concerned.
	 * @return what it tried to commit
	 */
	private Map<TopicPartition, Long> commit(ReaderParts parts) {
		Batch batch = parts.committer().collect(parts.assignment().touched(), false);
		if (this.kafka.failure instanceof RetriableCommitFailedException) {
			if (!batch.isEmpty()) {
				parts.committer().commitAsync(batch);
			}
		}
		else {
			Result result = parts.committer().commitSync(batch, Duration.ofSeconds(1));
			assertThat(result).isIn(Result.DONE, Result.AGAIN);
		}
		parts.topics().look();
		return Kafka.offsets(batch.offsets());
	}

	/**
	 * Two messages of each of the two topics were read, and one of each was handled.
	 */
	private static void handleOneOfTwo(ReaderParts parts) {
		List<RecordBatch> batches = new ArrayList<>();
		for (int offset = 10; offset < 12; offset++) {
			for (TopicPartition partition : List.of(DOOMED, OTHER)) {
				PartitionProgress progress = progress(parts, partition);
				RecordBatch batch = progress.append(
						List.of(new ConsumerRecord<>(partition.topic(), 0, offset, null, null)), offset + 1,
						Optional.empty());
				batches.add(batch);
				parts.queue().add(batch, true);
				parts.assignment().touch(progress);
			}
		}
		HandlerWorker worker = new HandlerWorker(parts.queue(),
				new MessageProcessor(parts.settings(), UserCode.ofRecords((context, data, message) -> {
				}), ConsumerTelemetry.NOOP), parts.outcomes(), parts.ticker());
		try {
			for (RecordBatch batch : batches.subList(0, 2)) {
				assertThat(parts.queue().take(worker)).isTrue();
				batch.markDone(0);
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static PartitionProgress progress(ReaderParts parts, TopicPartition partition) {
		PartitionProgress progress = parts.assignment().get(partition);
		assertThat(progress).isNotNull();
		return progress;
	}

	/**
	 * A reader that owns a partition of each of two topics, from offset 10 on.
	 */
	private ReaderParts parts(CommitStrategy commit) {
		ConsumerSettings settings = ConsumerSettings
			.fast("kafka_consumer.one", "service.one", List.of("doomed", "other"))
			.commit(commit)
			.build();
		Ticker ticker = () -> (this.timeGoesOnFrom < 0) ? this.time
				: this.time + System.nanoTime() - this.timeGoesOnFrom;
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(ticker, settings.sessionTimeout(), settings.maxPollInterval(),
				CountedAnswers.none(ticker));
		Outcomes outcomes = new Outcomes(mailbox, this.counts);
		ReaderParts parts = new ReaderParts(settings, this.kafka, ticker, ConsumerTelemetry.NOOP, mailbox, lease,
				outcomes, this.counts, new WorkQueue(lease, mailbox), List.of());
		this.kafka.subscribe(Set.of("doomed", "other"), new Rebalancing(parts));
		this.kafka.updateBeginningOffsets(Map.of(DOOMED, 10L, OTHER, 10L));
		this.kafka.rebalance(List.of(DOOMED, OTHER));
		progress(parts, DOOMED).begin(10, Optional.empty(), 10);
		progress(parts, OTHER).begin(10, Optional.empty(), 10);
		parts.assignment().fresh().clear();
		return parts;
	}

	/**
	 * How the clients say that a topic does not exist.
	 */
	enum Failure {

		CLASSIC_SYNC(new TimeoutException("Timeout of 1000ms expired before successfully committing offsets")),

		CONSUMER_SYNC(new TimeoutException(new UnknownTopicOrPartitionException())),

		ASYNC(new RetriableCommitFailedException(new UnknownTopicOrPartitionException())),

		ASYNC_BY_ID(new RetriableCommitFailedException(new UnknownTopicIdException("gone")));

		private final RuntimeException exception;

		Failure(RuntimeException exception) {
			this.exception = exception;
		}

	}

	/**
	 * Fails commits of topics that are deleted, and remembers the others.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final Set<String> deleted = new HashSet<>();

		private final Map<TopicPartition, Long> committed = new HashMap<>();

		private RuntimeException failure = new TimeoutException();

		private boolean fails;

		private @Nullable RuntimeException unanswered;

		private boolean listsNothing;

		private int asked;

		private Kafka() {
			super("earliest");
		}

		private static Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetAndMetadata> offsets) {
			Map<TopicPartition, Long> result = new HashMap<>();
			offsets.forEach((partition, offset) -> result.put(partition, offset.offset()));
			return result;
		}

		private boolean fails(Map<TopicPartition, OffsetAndMetadata> offsets) {
			return this.fails || offsets.keySet().stream().anyMatch((one) -> this.deleted.contains(one.topic()));
		}

		@Override
		public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			if (fails(offsets)) {
				throw this.failure;
			}
			commitAsync(offsets, null);
		}

		@Override
		public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
				@Nullable OffsetCommitCallback callback) {
			if (callback != null && fails(offsets)) {
				callback.onComplete(offsets, this.failure);
			}
			else {
				this.committed.putAll(offsets(offsets));
				super.commitAsync(offsets, callback);
			}
		}

		@Override
		public synchronized Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
			this.asked++;
			if (this.unanswered != null) {
				throw this.unanswered;
			}
			Map<String, List<PartitionInfo>> topics = new HashMap<>();
			for (String topic : this.listsNothing ? List.<String>of() : List.of("doomed", "other", "more")) {
				if (!this.deleted.contains(topic)) {
					topics.put(topic, new ArrayList<>(List.of(new PartitionInfo(topic, 0, null, null, null))));
				}
			}
			return topics;
		}

		@Override
		public synchronized Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions,
				Duration timeout) {
			throw new TimeoutException();
		}

	}

}
