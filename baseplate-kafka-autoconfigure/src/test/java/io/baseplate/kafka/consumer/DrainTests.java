package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of a connection on Kafka's {@code MockConsumer}, on the test's thread.
 */
@ExtendWith(OutputCaptureExtension.class)
class DrainTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final TopicPartition TWO = new TopicPartition("topic", 2);

	private final Kafka kafka = new Kafka();

	private final CountDownLatch release = new CountDownLatch(1);

	private @Nullable Duration lasts;

	@Test
	void theLastCommitIsTriedUntilItSucceeds() {
		ReaderParts parts = parts(Duration.ofSeconds(25));
		this.release.countDown();
		Thread thread = new Thread(parts.workers().get(0), "drain-test-handler");
		thread.start();
		read(parts, 2);
		this.kafka.failures.addAll(List.of(new TimeoutException(), new RebalanceInProgressException(),
				new CommitFailedException(), new WakeupException()));
		new Drain(parts, List.of(thread), System.nanoTime()).run(true);
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 12L));
	}

	@Test
	void aLastCommitThatDoesNotSucceedIsGivenUpInTimeAndReported(CapturedOutput output) {
		ReaderParts parts = parts(Duration.ofMillis(900));
		RecordBatch batch = read(parts, 1);
		batch.markDone(batch.claim());
		this.kafka.failure = new TimeoutException();
		long begun = System.nanoTime();
		new Drain(parts, List.of(), begun).run(true);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(900));
		assertThat(output).contains("could not commit {topic-1=OffsetAndMetadata{offset=11");
	}

	/**
	 * Without polls nothing will renew it.
	 */
	@Test
	void aLastCommitThatIsNotAllowedIsGivenUpAtOnceWhereNoPollCanChangeThat() {
		this.lasts = Duration.ZERO;
		ReaderParts parts = parts(Duration.ofSeconds(25));
		PartitionProgress progress = parts.assignment().get(ONE);
		RecordBatch batch = progress.append(List.of(new ConsumerRecord<>("topic", 1, 10, null, null)), 11,
				Optional.empty());
		batch.releaseAll();
		batch.markDone(batch.claim());
		parts.assignment().touch(progress);
		this.kafka.pollFailure = new TopicAuthorizationException("topic");
		long begun = System.nanoTime();
		new Drain(parts, List.of(), begun).run(false);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
		assertThat(this.kafka.commits).isEmpty();
	}

	@Test
	void nothingIsReadOfAPartitionThatComesWhileAHandlerFinishes(CapturedOutput output) {
		ReaderParts parts = parts(Duration.ofSeconds(25));
		HandlerWorker worker = parts.workers().get(0);
		Thread thread = new Thread(worker, "drain-test-handler");
		thread.start();
		read(parts, 1);
		Awaitility.await().until(() -> worker.current() != null);
		this.kafka.schedulePollTask(() -> {
			this.kafka.rebalance(List.of(ONE, TWO));
			this.kafka.updateBeginningOffsets(Map.of(TWO, 0L));
			this.kafka.addRecord(new ConsumerRecord<>("topic", 2, 0, null, null));
		});
		this.kafka.schedulePollTask(this.release::countDown);
		new Drain(parts, List.of(thread), System.nanoTime()).run(true);
		assertThat(parts.assignment().owned()).containsOnlyKeys(ONE, TWO);
		assertThat(this.kafka.position(TWO)).isZero();
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
		assertThat(output).doesNotContain("WARN").doesNotContain("ERROR");
		parts.queue().close();
	}

	/**
	 * A reader that owns a partition, from offset 10 on, and has one handler.
	 */
	private ReaderParts parts(Duration stopTimeout) {
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.commit(CommitStrategy.PROCESSED)
			.stopTimeout(stopTimeout)
			.build();
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(Ticker.SYSTEM, (this.lasts != null) ? this.lasts : settings.sessionTimeout(),
				settings.maxPollInterval(), CountedAnswers.none(Ticker.SYSTEM));
		Counts counts = new Counts();
		Outcomes outcomes = new Outcomes(mailbox, counts);
		WorkQueue queue = new WorkQueue(lease, mailbox);
		MessageProcessor processor = new MessageProcessor(settings,
				UserCode.ofRecords((context, data, message) -> this.release.await()), ConsumerTelemetry.NOOP);
		ReaderParts parts = new ReaderParts(settings, this.kafka, Ticker.SYSTEM, ConsumerTelemetry.NOOP, mailbox, lease,
				outcomes, counts, queue, List.of(new HandlerWorker(queue, processor, outcomes, Ticker.SYSTEM)));
		this.kafka.subscribe(Set.of("topic"), new Rebalancing(parts));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 10L));
		this.kafka.rebalance(List.of(ONE));
		parts.assignment().get(ONE).begin(10, Optional.empty(), 10);
		parts.assignment().fresh().clear();
		return parts;
	}

	private static RecordBatch read(ReaderParts parts, int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			records.add(new ConsumerRecord<>("topic", 1, 10 + i, null, null));
		}
		PartitionProgress progress = parts.assignment().get(ONE);
		RecordBatch batch = progress.append(records, 10 + count, Optional.empty());
		parts.queue().add(batch, true);
		parts.assignment().touch(progress);
		return batch;
	}

	/**
	 * Remembers what was committed, and fails to commit where it should.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final List<Map<TopicPartition, Long>> commits = new ArrayList<>();

		private final Queue<RuntimeException> failures = new ArrayDeque<>();

		private @Nullable RuntimeException failure;

		private @Nullable RuntimeException pollFailure;

		private Kafka() {
			super("earliest");
		}

		@Override
		public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			if (this.pollFailure != null) {
				throw this.pollFailure;
			}
			return super.poll(timeout);
		}

		@Override
		public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			RuntimeException failure = (this.failure != null) ? this.failure : this.failures.poll();
			if (failure != null) {
				throw failure;
			}
			Map<TopicPartition, Long> commit = new HashMap<>();
			offsets.forEach((partition, offset) -> commit.put(partition, offset.offset()));
			this.commits.add(commit);
		}

	}

}
