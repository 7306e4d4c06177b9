package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The reader's loop on Kafka's {@code MockConsumer}, on the test's thread, without
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
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(Ticker.SYSTEM, settings.sessionTimeout(), settings.maxPollInterval(),
				() -> Heartbeats.UNKNOWN);
		ReaderParts parts = new ReaderParts(settings, this.kafka, Ticker.SYSTEM, ConsumerTelemetry.NOOP, mailbox, lease,
				new Outcomes(mailbox, this.counts), this.counts, new WorkQueue(lease, mailbox), List.of());
		this.kafka.subscribe(Set.of("topic"), new Rebalancing(parts));
		new KafkaConsumerWorker(parts, new ReaderCommands() {

			@Override
			public boolean isStopping() {
				return KafkaConsumerWorkerTests.this.kafka.polls >= polls;
			}

			@Override
			public boolean isPaused() {
				return false;
			}

		}).run();
		assertThat(parts.outcomes().failure()).isNull();
	}

	/**
	 * Runs one step of a script in each poll, and remembers what was committed.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final List<Long> commits = new ArrayList<>();

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
