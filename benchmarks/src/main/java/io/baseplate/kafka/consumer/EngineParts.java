package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * The parts of the engine put together without Kafka: one partition, a lease that does
 * not run out.
 */
final class EngineParts {

	static final String TOPIC = "topic";

	private static final byte[] BODY = new byte[1024];

	private static final byte[] KEY = new byte[16];

	private static final RecordHeaders HEADERS = new RecordHeaders();

	private final Lease lease = new Lease(Ticker.SYSTEM, Duration.ofDays(1), Duration.ofDays(1),
			new Evidence(Ticker.SYSTEM, new NoAnswers(), new NoAnswers()));

	final Mailbox mailbox = new Mailbox();

	final WorkQueue queue = new WorkQueue(this.lease, this.mailbox);

	final Outcomes outcomes = new Outcomes(this.mailbox, new Counts());

	final PartitionProgress progress = progress();

	private final List<Thread> threads = new ArrayList<>();

	EngineParts() {
		this.outcomes.guard(this.queue);
		this.mailbox.attach();
	}

	static PartitionProgress progress() {
		PartitionProgress progress = new PartitionProgress(new TopicPartition(TOPIC, 0));
		progress.begin(0, Optional.empty(), 0);
		return progress;
	}

	static ConsumerSettings settings() {
		return ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of(TOPIC)).build();
	}

	static ConsumerRecord<byte[], byte[]> message(long offset) {
		return new ConsumerRecord<>(TOPIC, 0, offset, 0, TimestampType.CREATE_TIME, KEY.length, BODY.length, KEY, BODY,
				HEADERS, Optional.empty());
	}

	/**
	 * Messages to be read, again and again: that their offsets stay the same does not
	 * matter to what is measured.
	 */
	static List<ConsumerRecord<byte[], byte[]>> messages(int count) {
		List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			messages.add(message(i));
		}
		return messages;
	}

	/**
	 * Read messages of the partition.
	 * @param messages the messages
	 * @return the batch
	 */
	static RecordBatch append(PartitionProgress progress, List<ConsumerRecord<byte[], byte[]>> messages) {
		return progress.append(messages, progress.position() + messages.size(), Optional.empty());
	}

	HandlerWorker worker() {
		MessageProcessor processor = new MessageProcessor(settings(), UserCode.ofRecords((context, data, message) -> {
		}), ConsumerTelemetry.NOOP);
		return new HandlerWorker(this.queue, processor, this.outcomes, Ticker.SYSTEM);
	}

	void startHandlers(int count) {
		for (int i = 0; i < count; i++) {
			Thread thread = new Thread(worker(), "handler-" + i);
			thread.setDaemon(true);
			thread.start();
			this.threads.add(thread);
		}
	}

	void close() throws InterruptedException {
		this.queue.close();
		for (Thread thread : this.threads) {
			thread.join();
		}
	}

	/**
	 * Of a client that does not count.
	 */
	private static final class NoAnswers implements Answers {

		@Override
		public long count() {
			return UNKNOWN;
		}

		@Override
		public long slowest() {
			return UNKNOWN;
		}

	}

}
