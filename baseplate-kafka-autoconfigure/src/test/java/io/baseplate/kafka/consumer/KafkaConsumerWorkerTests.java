package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reader's loop on Kafka's {@code MockConsumer}, on the test's thread, mostly without
 * handler threads. It ends by itself after a number of polls.
 */
@ExtendWith(OutputCaptureExtension.class)
class KafkaConsumerWorkerTests {

	private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

	private final Kafka kafka = new Kafka();

	private final Counts counts = new Counts();

	@Test
	void aPositionBelowWhatWasReadBeginsANewIncarnationWhoseCommitsBeginAnew(CapturedOutput output) {
		this.kafka.script(() -> begin(10), () -> add(10, 11), () -> {
		}, () -> {
			this.kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
			this.kafka.seek(PARTITION, 3);
			add(3);
		});
		run(20);
		assertThat(this.kafka.commits).containsExactly(10L, 12L, 4L);
		assertThat(output).containsPattern("WARN .*topic-0 went back from 12 to 3: a new incarnation");
	}

	@Test
	void aPollThatMeetsAPartitionThatIsNotAssignedAnyMoreIsSurvived() {
		this.kafka.script(() -> begin(0), () -> {
			throw new IllegalStateException("No current assignment for partition topic-0");
		}, () -> add(0, 1));
		run(20);
		assertThat(this.kafka.commits).containsExactly(0L, 2L);
	}

	@Test
	void recordsWithoutPositionsAsAnInterceptorMayMakeThemAreTaken() {
		this.kafka.withoutPositions = true;
		this.kafka.script(() -> begin(0), () -> add(0, 1, 5));
		run(20);
		assertThat(this.kafka.commits).containsExactly(0L, 6L);
		assertThat(this.counts.totals().read()).isEqualTo(3);
	}

	@Test
	void nothingIsReadOfAPartitionBeforeItsStartPositionIsCommitted() {
		this.kafka.failures.addAll(List.of(new TimeoutException(), new RebalanceInProgressException()));
		this.kafka.script(() -> {
			begin(5);
			add(5, 6);
		});
		List<Long> read = new ArrayList<>();
		this.kafka.committing = () -> read.add(this.counts.totals().read());
		run(20);
		assertThat(read).containsExactly(0L, 0L, 0L);
		assertThat(this.kafka.commits).containsExactly(5L, 7L);
	}

	@Test
	void underEachMessageTheNextMessageIsHandedOverAfterTheCommitHasSucceeded() {
		List<String> events = Collections.synchronizedList(new ArrayList<>());
		this.kafka.script(() -> {
			begin(0);
			add(0, 1);
		});
		this.kafka.committing = () -> events.add(this.kafka.failures.isEmpty() ? "commit" : "failed commit");
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.batchSize(2)
			.build();
		MessageHandler<Object> handler = (context, data, message) -> {
			if (message.offset() == 0) {
				this.kafka.failures.addAll(List.of(new TimeoutException(), new RebalanceInProgressException(),
						new CommitFailedException()));
			}
			events.add("message " + message.offset());
		};
		long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
		run(settings, handler, () -> this.kafka.commits.size() == 3 || System.nanoTime() - deadline > 0);
		assertThat(events).containsExactly("commit", "message 0", "failed commit", "failed commit", "failed commit",
				"commit", "message 1", "commit");
		assertThat(this.kafka.commits).containsExactly(0L, 1L, 2L);
	}

	private void begin(long offset) {
		this.kafka.updateBeginningOffsets(Map.of(PARTITION, offset));
		this.kafka.rebalance(List.of(PARTITION));
	}

	private void add(long... offsets) {
		for (long offset : offsets) {
			this.kafka.addRecord(new ConsumerRecord<>("topic", 0, offset, null, new byte[0]));
		}
	}

	private void run(int polls) {
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.commit(CommitStrategy.READ)
			.commitInterval(Duration.ofNanos(1))
			.build();
		run(settings, null, () -> this.kafka.polls >= polls);
	}

	/**
	 * Run the reader, and a handler thread where there is a handler.
	 */
	private void run(ConsumerSettings settings, @Nullable MessageHandler<Object> handler, BooleanSupplier isOver) {
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(Ticker.SYSTEM, settings.sessionTimeout(), settings.maxPollInterval(),
				CountedAnswers.none(Ticker.SYSTEM));
		Outcomes outcomes = new Outcomes(mailbox, this.counts);
		WorkQueue queue = new WorkQueue(lease, mailbox);
		List<HandlerWorker> workers = new ArrayList<>();
		if (handler != null) {
			workers.add(new HandlerWorker(queue,
					new MessageProcessor(settings, UserCode.ofRecords(handler), ConsumerTelemetry.NOOP), outcomes,
					Ticker.SYSTEM));
		}
		ReaderParts parts = new ReaderParts(settings, this.kafka, Ticker.SYSTEM, ConsumerTelemetry.NOOP, mailbox, lease,
				outcomes, this.counts, queue, workers);
		this.kafka.subscribe(Set.of("topic"), new Rebalancing(parts));
		workers.forEach((worker) -> new Thread(worker, "reader-test-handler").start());
		new KafkaConsumerWorker(parts, new ReaderCommands() {

			@Override
			public boolean isStopping() {
				return isOver.getAsBoolean();
			}

			@Override
			public boolean isPaused() {
				return false;
			}

		}).run();
		queue.close();
		assertThat(parts.outcomes().failure()).isNull();
	}

	/**
	 * Runs one step of a script in each poll, and remembers what was committed.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final List<Long> commits = new ArrayList<>();

		private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

		/**
		 * Called before each synchronous commit.
		 */
		private Runnable committing = () -> {
		};

		private int polls;

		private boolean withoutPositions;

		private Kafka() {
			super("earliest");
		}

		void script(Runnable... steps) {
			for (Runnable step : steps) {
				schedulePollTask(step);
			}
		}

		@Override
		public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			this.polls++;
			ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
			if (this.withoutPositions && !records.isEmpty()) {
				return new ConsumerRecords<>(Map.of(PARTITION, records.records(PARTITION)), Map.of());
			}
			return records;
		}

		@Override
		public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			this.committing.run();
			RuntimeException failure = this.failures.poll();
			if (failure != null) {
				throw failure;
			}
			super.commitSync(offsets, timeout);
		}

		/**
		 * Where {@code commitSync} of the mock ends as well.
		 */
		@Override
		public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
				@Nullable OffsetCommitCallback callback) {
			this.commits.add(offsets.get(PARTITION).offset());
			super.commitAsync(offsets, callback);
		}

	}

}
