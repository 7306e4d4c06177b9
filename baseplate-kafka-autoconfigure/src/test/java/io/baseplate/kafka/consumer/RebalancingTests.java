package io.baseplate.kafka.consumer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.consumer.OffsetCommitter.Result;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Partitions that come and go, and commits that are refused: the reader's parts on
 * Kafka's {@code MockConsumer}, on the test's thread, without handler threads.
 */
@ExtendWith(OutputCaptureExtension.class)
class RebalancingTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final TopicPartition TWO = new TopicPartition("topic", 2);

	private final Kafka kafka = new Kafka();

	private final Counts counts = new Counts();

	private long time = 1;

	/**
	 * Whether time passes by itself.
	 */
	private boolean ticks;

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void aLostPartitionIsNeverCommitted(CommitStrategy commit) {
		ReaderParts parts = parts(commit);
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE, TWO);
		handle(read(parts, ONE, 3), 2);
		rebalancing.onPartitionsLost(List.of(ONE));
		assertThat(parts.assignment().owned()).containsOnlyKeys(TWO);
		assertThat(this.kafka.commits).isEmpty();
		assertThat(parts.committer()
			.commitSync(parts.committer().collect(parts.assignment().touched(), false), Duration.ofSeconds(1)))
			.isEqualTo(Result.DONE);
		assertThat(this.kafka.commits).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "EACH_MESSAGE, 12", "CONTINUOUS, 12", "INTERVAL, 12", "PROCESSED, 12", "READ, 13" })
	void aRevokedPartitionIsCommittedAsFarAsItsStrategySaysAndItsQueueIsDropped(CommitStrategy commit, long offset) {
		ReaderParts parts = parts(commit);
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE, TWO);
		RecordBatch batch = read(parts, ONE, 3);
		handle(batch, 2);
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, offset));
		assertThat(batch.isExhausted()).isEqualTo(commit != CommitStrategy.READ);
		assertThat(this.counts.totals().dropped()).isEqualTo((commit != CommitStrategy.READ) ? 1 : 0);
	}

	/**
	 * Under {@code read} the next owner begins behind what was read.
	 */
	@ParameterizedTest
	@EnumSource(value = Ordering.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void underReadWithAnOrderAPartitionIsGivenUpWhenEverythingThatWasReadIsHandled(Ordering ordering)
			throws InterruptedException {
		ReaderParts parts = parts(CommitStrategy.READ,
				(settings) -> settings.ordering(ordering).stopTimeout(Duration.ofSeconds(5)));
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		RecordBatch batch = read(parts, ONE, "a", "a", "b");
		letTimePass(parts);
		Thread handler = whenTheReaderWaits(() -> {
			assertThat(this.kafka.commits).isEmpty();
			for (int i = 0; i < 3; i++) {
				int index = batch.claim();
				assertThat(batch.isFree(index)).isTrue();
				assertThat(batch.markDone(index)).isTrue();
				assertThat(batch.handOn(index)).isNull();
				parts.mailbox().outcome();
			}
		});
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(batch.isDone(2)).isTrue();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 13L));
		handler.join();
	}

	@Test
	void underReadWithAnOrderAPausedConsumerDoesNotWaitForWhatIsQueued() {
		ReaderParts parts = parts(CommitStrategy.READ, (settings) -> settings.ordering(Ordering.KEY));
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		RecordBatch batch = read(parts, ONE, "a", "a", "b");
		parts.queue().hold(true);
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(batch.pending()).isEqualTo(3);
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 13L));
	}

	/**
	 * Otherwise what is behind it would be handled again by the next owner.
	 */
	@Test
	void whatWaitsBeforeAMessageThatWasBegunIsHandledBeforeItsPartitionIsGivenUp() throws InterruptedException {
		ReaderParts parts = parts(CommitStrategy.PROCESSED,
				(settings) -> settings.ordering(Ordering.KEY).stopTimeout(Duration.ofSeconds(5)));
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		RecordBatch batch = read(parts, ONE, "a", "a", "b", "a", "a");
		for (int i = 0; i < 4; i++) {
			assertThat(batch.isFree(batch.claim())).isEqualTo(i % 2 == 0);
		}
		assertThat(batch.markDone(2)).isTrue();
		letTimePass(parts);
		Thread handler = whenTheReaderWaits(() -> {
			assertThat(this.kafka.commits).isEmpty();
			assertThat(batch.markDone(0)).isTrue();
			assertThat(batch.handOn(0)).isSameAs(batch);
			assertThat(batch.begin(1)).isTrue();
			parts.mailbox().outcome();
			assertThat(batch.markDone(1)).isTrue();
			assertThat(batch.handOn(1)).isSameAs(batch);
			assertThat(batch.begin(3)).isFalse();
			parts.mailbox().outcome();
		});
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 13L));
		assertThat(this.counts.totals().dropped()).isEqualTo(2);
		handler.join();
	}

	private void letTimePass(ReaderParts parts) {
		this.kafka.updateBeginningOffsets(Map.of(ONE, 10L));
		this.time = System.nanoTime();
		parts.poller().quietly(Duration.ZERO);
		this.ticks = true;
	}

	/**
	 * Run something on a thread of its own once this thread waits.
	 */
	private static Thread whenTheReaderWaits(Runnable action) {
		Thread reader = Thread.currentThread();
		Thread thread = new Thread(() -> {
			while (reader.getState() != Thread.State.TIMED_WAITING) {
				Thread.onSpinWait();
			}
			action.run();
		}, "rebalancing-test-handler");
		thread.start();
		return thread;
	}

	@Test
	void whatWasCommittedAsReadIsNotTakenBackToWhatWasHandled() {
		ReaderParts parts = parts(CommitStrategy.READ);
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		handle(read(parts, ONE, 3), 1);
		OffsetCommitter committer = parts.committer();
		committer.commitSync(committer.collect(parts.assignment().owned().values(), true), Duration.ofSeconds(1));
		parts.outcomes().fail(new Failure("broken", null, -1, null));
		committer.commitSync(committer.collect(parts.assignment().owned().values(), false), Duration.ofSeconds(1));
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 13L));
	}

	@Test
	void theCommitOfARevokedPartitionIsTriedUntilItSucceeds() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		handle(read(parts, ONE, 1), 1);
		this.kafka.failures.addAll(List.of(new TimeoutException(), new WakeupException(), new TimeoutException()));
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(this.kafka.failures).isEmpty();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
	}

	@Test
	void anInterruptOfTheReaderDoesNotCostARevokedPartitionItsCommit() {
		this.time = System.nanoTime();
		ReaderParts parts = parts(CommitStrategy.PROCESSED, (settings) -> settings.stopTimeout(Duration.ofSeconds(2)));
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		handle(read(parts, ONE, 1), 1);
		this.ticks = true;
		Thread.currentThread().interrupt();
		rebalancing.onPartitionsRevoked(List.of(ONE));
		boolean interrupted = Thread.interrupted();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
		assertThat(interrupted).isFalse();
	}

	@Test
	void whatDoesNotFinishIsGivenUpBeforeTheNextPollIsDueAndWhatIsDoneIsCommitted() {
		Duration maxPollInterval = Duration.ofSeconds(2);
		ReaderParts parts = parts(CommitStrategy.PROCESSED, (settings) -> settings.maxPollInterval(maxPollInterval));
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		RecordBatch batch = read(parts, ONE, 3);
		handle(batch, 1);
		batch.claim();
		long begun = System.nanoTime();
		letTimePass(parts);
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofSeconds(1), maxPollInterval);
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
	}

	@Test
	void whatIsHandledAfterItsPartitionWentCountsForNothing() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		RecordBatch batch = read(parts, ONE, 1);
		int index = batch.claim();
		rebalancing.onPartitionsLost(List.of(ONE));
		assign(parts, rebalancing, ONE);
		batch.markDone(index);
		assertThat(parts.committer().collect(parts.assignment().owned().values(), false).isEmpty()).isTrue();
	}

	@Test
	void whatWasDroppedWithItsPartitionDoesNotStayInMemory() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		Rebalancing rebalancing = new Rebalancing(parts);
		for (int i = 0; i < 20; i++) {
			assign(parts, rebalancing, ONE);
			read(parts, ONE, 3);
			rebalancing.onPartitionsRevoked(List.of(ONE));
		}
		assertThat(parts.assignment().detached()).isLessThanOrEqualTo(1);
	}

	@Test
	void aReaderThatDidNotPollForLongerThanItsLeaseDoesNotCommitWhatItGivesUp() {
		ReaderParts parts = parts(CommitStrategy.PROCESSED);
		Rebalancing rebalancing = new Rebalancing(parts);
		assign(parts, rebalancing, ONE);
		handle(read(parts, ONE, 1), 1);
		this.time += Duration.ofSeconds(11).toNanos();
		rebalancing.onPartitionsRevoked(List.of(ONE));
		assertThat(this.kafka.commits).isEmpty();
	}

	@Test
	void commitsThatFailAreTriedAgainAfterAPauseOrAPollOrNotAtAll() {
		ReaderParts parts = parts(CommitStrategy.EACH_MESSAGE);
		assign(parts, new Rebalancing(parts), ONE);
		handle(read(parts, ONE, 1), 1);
		assertThat(commit(parts, new TimeoutException())).isEqualTo(Result.AGAIN);
		assertThat(commit(parts, new RebalanceInProgressException())).isEqualTo(Result.POLL_FIRST);
		assertThat(commit(parts, new CommitFailedException())).isEqualTo(Result.POLL_FIRST);
		assertThat(commit(parts, new WakeupException())).isEqualTo(Result.WOKEN);
		assertThat(parts.committer().refusal()).isNull();
		assertThat(commit(parts, null)).isEqualTo(Result.DONE);
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
	}

	@Test
	void anAsynchronousCommitOfAMemberThatIsNotUpToDateIsTriedAgainWhileThePartitionIsOwned() {
		for (RuntimeException failure : List.of(new StaleMemberEpochException("stale"),
				new FencedMemberEpochException("fenced"), new UnknownMemberIdException("unknown"),
				new IllegalGenerationException("old"), new CommitFailedException(),
				new RebalanceInProgressException())) {
			ReaderParts parts = parts(CommitStrategy.CONTINUOUS);
			Rebalancing rebalancing = new Rebalancing(parts);
			assign(parts, rebalancing, ONE);
			handle(read(parts, ONE, 1), 1);
			this.kafka.failure = failure;
			parts.committer().commitAsync(parts.committer().collect(parts.assignment().touched(), false));
			assertThat(parts.committer().isOutstanding()).isFalse();
			assertThat(parts.committer().refusal()).as("after %s", failure).isNull();
			this.kafka.failure = null;
			this.time += Duration.ofSeconds(1).toNanos();
			assertThat(parts.committer().isBackingOff()).isFalse();
			parts.committer().commitAsync(parts.committer().collect(parts.assignment().touched(), false));
			assertThat(parts.assignment().get(ONE).committed()).isEqualTo(11);
		}
	}

	/**
	 * Under {@code read}, once the consumer has failed or stops with messages left, what
	 * was handled may be committed, which is less than what was read before.
	 */
	@Test
	void nothingLowerIsCommittedThanWhatIsOnItsWay() {
		ReaderParts parts = parts(CommitStrategy.READ);
		assign(parts, new Rebalancing(parts), ONE);
		handle(read(parts, ONE, 3), 1);
		this.kafka.held = new ArrayList<>();
		parts.committer().commitAsync(parts.committer().collect(parts.assignment().touched(), true));
		assertThat(parts.committer().collect(parts.assignment().touched(), false).isEmpty()).isTrue();
		assertThat(parts.committer().collect(parts.assignment().touched(), true).isEmpty()).isFalse();
		this.kafka.held.get(0).onComplete(Map.of(), new TimeoutException());
		assertThat(parts.committer().collect(parts.assignment().touched(), false).offsets().get(ONE).offset())
			.isEqualTo(11);
	}

	@Test
	void commitsThatFailForLongAreLoggedOnceAndAgainWhenTheySucceed(CapturedOutput output) {
		ReaderParts parts = parts(CommitStrategy.EACH_MESSAGE);
		assign(parts, new Rebalancing(parts), ONE);
		handle(read(parts, ONE, 1), 1);
		for (int i = 0; i < 10; i++) {
			assertThat(commit(parts, new TimeoutException())).isEqualTo(Result.AGAIN);
		}
		assertThat(commit(parts, null)).isEqualTo(Result.DONE);
		assertThat(output.toString().lines().filter((line) -> line.contains("will be tried again until it succeeds")))
			.hasSize(1);
		assertThat(output).containsOnlyOnce("Commits of kafka_consumer.one succeed again");
	}

	@Test
	void aCommitThatFailsInAWayThatTheClientDidNotExpectIsTriedAgainForAMinute() {
		KafkaException failure = new KafkaException(
				"Unexpected error in commit: " + Errors.UNKNOWN_SERVER_ERROR.message());
		ReaderParts parts = parts(CommitStrategy.EACH_MESSAGE);
		assign(parts, new Rebalancing(parts), ONE);
		RecordBatch batch = read(parts, ONE, 2);
		handle(batch, 1);
		assertThat(commit(parts, failure)).isEqualTo(Result.AGAIN);
		assertThat(commit(parts, null)).isEqualTo(Result.DONE);
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
		handle(batch, 1);
		this.time += UnexpectedErrors.PATIENCE.toNanos() / 2;
		for (int i = 0; i < 6; i++) {
			assertThat(commit(parts, failure)).isEqualTo(Result.AGAIN);
			this.time += UnexpectedErrors.PATIENCE.toNanos() / 6;
		}
		assertThat(parts.committer().refusal()).isNull();
		assertThat(commit(parts, failure)).isEqualTo(Result.REFUSED);
		assertThat(parts.committer().refusal()).isSameAs(failure);
	}

	@Test
	void aRebalanceThatEndsGivesWhatTheClientDidNotExpectAnotherMinute() {
		KafkaException failure = new KafkaException("Unexpected error in join group response: unknown");
		ReaderParts parts = parts(CommitStrategy.EACH_MESSAGE);
		Rebalancing rebalancing = new Rebalancing(parts);
		for (int i = 0; i < 100; i++) {
			this.kafka.setPollException(failure);
			parts.poller().quietly(Duration.ZERO);
			this.time += UnexpectedErrors.PATIENCE.toNanos() / 6;
			if (i % 5 == 0) {
				rebalancing.onPartitionsAssigned(List.of());
			}
		}
	}

	@Test
	void aCommitThatIsNotAuthorizedOrFencedIsRefusedForGood() {
		for (RuntimeException refusal : List.of(GroupAuthorizationException.forGroupId("group"),
				new FencedInstanceIdException("fenced"),
				new KafkaException("Unexpected error in commit: " + Errors.FENCED_INSTANCE_ID.message()))) {
			ReaderParts parts = parts(CommitStrategy.EACH_MESSAGE);
			assign(parts, new Rebalancing(parts), ONE);
			handle(read(parts, ONE, 1), 1);
			assertThat(commit(parts, refusal)).isEqualTo(Result.REFUSED);
			assertThat(parts.committer().refusal()).isSameAs(refusal);
		}
	}

	private Result commit(ReaderParts parts, @Nullable RuntimeException failure) {
		this.kafka.failure = failure;
		return parts.committer()
			.commitSync(parts.committer().collect(parts.assignment().touched(), false), Duration.ofSeconds(1));
	}

	private ReaderParts parts(CommitStrategy commit) {
		return parts(commit, (settings) -> settings);
	}

	private ReaderParts parts(CommitStrategy commit, UnaryOperator<ConsumerSettings.Builder> customizer) {
		ConsumerSettings.Builder builder = switch (commit.mode()) {
			case IN_ORDER -> ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"));
			case FAST -> ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"));
		};
		ConsumerSettings settings = customizer.apply(builder.commit(commit)).build();
		Ticker ticker = () -> this.ticks ? System.nanoTime() : this.time;
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(ticker, settings.sessionTimeout(), settings.maxPollInterval(),
				CountedAnswers.none(ticker));
		WorkQueue queue = new WorkQueue(lease, mailbox, settings.ordering(), 1);
		this.kafka.subscribe(Set.of("topic"));
		return new ReaderParts(settings, this.kafka, ticker, ConsumerTelemetry.NOOP, mailbox, lease,
				new Outcomes(mailbox, this.counts), this.counts, queue, List.of());
	}

	private void assign(ReaderParts parts, Rebalancing rebalancing, TopicPartition... partitions) {
		this.kafka.rebalance(List.of(partitions));
		rebalancing.onPartitionsAssigned(List.of(partitions));
		for (TopicPartition partition : partitions) {
			parts.assignment().get(partition).begin(10, Optional.empty(), 10);
		}
		parts.assignment().fresh().clear();
	}

	private static RecordBatch read(ReaderParts parts, TopicPartition partition, int count) {
		return read(parts, partition, new @Nullable String[count]);
	}

	private static RecordBatch read(ReaderParts parts, TopicPartition partition, @Nullable String... keys) {
		int count = keys.length;
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			String key = keys[i];
			records.add(new ConsumerRecord<>(partition.topic(), partition.partition(), 10 + i,
					(key != null) ? key.getBytes(StandardCharsets.UTF_8) : null, null));
		}
		PartitionProgress progress = parts.assignment().get(partition);
		RecordBatch batch = progress.append(records, 10 + count, Optional.empty());
		parts.queue().add(batch, true);
		parts.assignment().touch(progress);
		return batch;
	}

	private static void handle(RecordBatch batch, int count) {
		for (int i = 0; i < count; i++) {
			batch.markDone(batch.claim());
		}
	}

	/**
	 * Remembers what was committed, and fails to commit where it should.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private @Nullable List<OffsetCommitCallback> held;

		private final List<Map<TopicPartition, Long>> commits = new ArrayList<>();

		private final Queue<RuntimeException> failures = new ArrayDeque<>();

		private @Nullable RuntimeException failure;

		private Kafka() {
			super("earliest");
		}

		@Override
		public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
			if (this.held != null) {
				this.held.add(callback);
				return;
			}
			callback.onComplete(offsets, this.failure);
		}

		@Override
		public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptException("interrupted");
			}
			if (this.failure != null) {
				throw this.failure;
			}
			if (!this.failures.isEmpty()) {
				throw this.failures.remove();
			}
			Map<TopicPartition, Long> commit = new HashMap<>();
			offsets.forEach((partition, offset) -> commit.put(partition, offset.offset()));
			this.commits.add(commit);
		}

	}

}
