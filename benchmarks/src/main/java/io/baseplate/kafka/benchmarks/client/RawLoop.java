package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The practical limit: the bare client, handling on the thread that polls.
 */
final class RawLoop extends LoopThread {

	private static final Duration POLL = Duration.ofMillis(100);

	private final Subscription subscription;

	private final boolean commitEach;

	private final Handler handler;

	private RawLoop(Subscription subscription, boolean commitEach, Handler handler) {
		this.subscription = subscription;
		this.commitEach = commitEach;
		this.handler = handler;
	}

	static Stack start(Subscription subscription, String mode, Handler handler) {
		boolean commitEach = switch (mode) {
			case "each" -> true;
			case "auto" -> false;
			default -> throw new IllegalArgumentException("No such mode: " + mode);
		};
		RawLoop loop = new RawLoop(subscription, commitEach, handler);
		loop.start();
		return loop;
	}

	@Override
	public void run() {
		Map<String, Object> settings = this.subscription.clientSettings();
		settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
		settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, !this.commitEach);
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
			consumer.subscribe(List.of(this.subscription.topic()));
			while (!isStopped()) {
				if (this.commitEach) {
					handleAndCommitEach(consumer);
				}
				else {
					// The client commits the positions in poll and close.
					for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
						this.handler.handle(message);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void handleAndCommitEach(Consumer<byte[], byte[]> consumer) throws IOException {
		for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
			this.handler.handle(message);
			consumer.commitSync(Map.of(new TopicPartition(message.topic(), message.partition()),
					new OffsetAndMetadata(message.offset() + 1)));
			if (isStopped()) {
				return;
			}
		}
	}

}
