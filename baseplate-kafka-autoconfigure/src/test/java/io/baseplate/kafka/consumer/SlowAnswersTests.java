package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A coordinator that answered slowly a while ago and answers everything at once now, and
 * handlers that take longer than the session lasts.
 */
class SlowAnswersTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final Duration SESSION = Duration.ofSeconds(3);

	private final CountedAnswers heartbeats = CountedAnswers.some();

	private final ScheduledExecutorService beating = Executors.newSingleThreadScheduledExecutor();

	private final Kafka kafka = new Kafka();

	private final Mailbox mailbox = new Mailbox();

	private final Counts counts = new Counts();

	private final ConsumerSettings settings = ConsumerSettings
		.fast("kafka_consumer.one", "service.one", List.of("topic"))
		.commit(CommitStrategy.PROCESSED)
		.sessionTimeout(SESSION)
		.build();

	private final Lease lease = new Lease(Ticker.SYSTEM, SESSION, this.settings.maxPollInterval(),
			new Evidence(Ticker.SYSTEM, this.heartbeats, CountedAnswers.some()));

	private final WorkQueue queue = new WorkQueue(this.lease, this.mailbox);

	private final Outcomes outcomes = new Outcomes(this.mailbox, this.counts);

	private final HandlerWorker worker = new HandlerWorker(this.queue,
			new MessageProcessor(this.settings,
					UserCode.ofRecords((context, data, message) -> Thread.sleep(SESSION.toMillis() + 500)),
					ConsumerTelemetry.NOOP),
			this.outcomes, Ticker.SYSTEM);

	private final Thread thread = new Thread(this.worker, "slow-answers-test-handler");

	private ReaderParts parts;

	@BeforeEach
	void begin() {
		this.mailbox.attach();
		this.parts = new ReaderParts(this.settings, this.kafka, Ticker.SYSTEM, ConsumerTelemetry.NOOP, this.mailbox,
				this.lease, this.outcomes, this.counts, this.queue, List.of(this.worker));
		this.kafka.subscribe(Set.of("topic"), new Rebalancing(this.parts));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 10L));
		this.kafka.rebalance(List.of(ONE));
		this.parts.assignment().get(ONE).begin(10, Optional.empty(), 10);
		this.parts.assignment().fresh().clear();
		var unused = this.beating.scheduleAtFixedRate(() -> this.heartbeats.add(SESSION.toMillis() + 500), 50, 50,
				TimeUnit.MILLISECONDS);
		this.thread.start();
	}

	@AfterEach
	void end() throws InterruptedException {
		this.beating.shutdownNow();
		this.queue.close();
		this.thread.join();
	}

	@Test
	void aStopFinishesAndCommitsAllTheSame() {
		handOver(2);
		new Drain(this.parts, List.of(this.thread), Ticker.SYSTEM.nanos()).run(true);
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 12L));
		assertThat(this.counts.totals().handled()).isEqualTo(2);
	}

	@Test
	void whatIsInHandWhenItsPartitionIsGivenUpIsCommittedAllTheSame() {
		handOver(1);
		Awaitility.await().until(this.worker::isBusy);
		new Rebalancing(this.parts).onPartitionsRevoked(List.of(ONE));
		assertThat(this.kafka.commits).containsExactly(Map.of(ONE, 11L));
	}

	private void handOver(int count) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			records.add(new ConsumerRecord<>("topic", 1, 10 + i, null, null));
		}
		PartitionProgress progress = this.parts.assignment().get(ONE);
		this.queue.add(progress.append(records, 10 + count, Optional.empty()), true);
		this.parts.assignment().touch(progress);
	}

	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final List<Map<TopicPartition, Long>> commits = new ArrayList<>();

		private Kafka() {
			super("earliest");
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
				Duration timeout) {
			return new HashMap<>();
		}

		@Override
		public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			Map<TopicPartition, Long> commit = new HashMap<>();
			offsets.forEach((partition, offset) -> commit.put(partition, offset.offset()));
			this.commits.add(commit);
		}

	}

}
