package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;

/**
 * A member of a share group, handling on the thread that polls.
 */
final class ShareLoop extends LoopThread {

	private static final Duration POLL = Duration.ofMillis(100);

	private final Subscription subscription;

	private final boolean commitEach;

	private final Handler handler;

	private ShareLoop(Subscription subscription, boolean commitEach, Handler handler) {
		this.subscription = subscription;
		this.commitEach = commitEach;
		this.handler = handler;
	}

	static Stack start(Subscription subscription, String mode, Handler handler) {
		boolean commitEach = switch (mode) {
			case "each" -> true;
			case "implicit" -> false;
			default -> throw new IllegalArgumentException("No such mode: " + mode);
		};
		ShareLoop loop = new ShareLoop(subscription, commitEach, handler);
		loop.start();
		return loop;
	}

	@Override
	public void run() {
		Map<String, Object> settings = this.subscription.clientSettings();
		settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, this.commitEach ? "explicit" : "implicit");
		try (KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(settings)) {
			consumer.subscribe(List.of(this.subscription.topic()));
			while (!isStopped()) {
				ConsumerRecords<byte[], byte[]> messages = consumer.poll(POLL);
				if (this.commitEach) {
					handleAndCommitEach(consumer, messages);
				}
				else {
					for (ConsumerRecord<byte[], byte[]> message : messages) {
						this.handler.handle(message);
					}
				}
			}
			commit(consumer);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void handleAndCommitEach(ShareConsumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> messages)
			throws IOException {
		for (ConsumerRecord<byte[], byte[]> message : messages) {
			this.handler.handle(message);
			consumer.acknowledge(message, AcknowledgeType.ACCEPT);
			commit(consumer);
		}
	}

	private static void commit(ShareConsumer<byte[], byte[]> consumer) {
		consumer.commitSync().values().forEach((error) -> error.ifPresent((ex) -> {
			throw ex;
		}));
	}

}
