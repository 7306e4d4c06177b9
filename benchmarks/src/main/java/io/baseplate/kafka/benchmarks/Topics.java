package io.baseplate.kafka.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;

import io.baseplate.kafka.benchmarks.client.Messages;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes topics, and fills them.
 */
final class Topics {

	/**
	 * As a producer's that has much to send: 64 messages.
	 */
	private static final String BATCH_BYTES = "65536";

	private final String bootstrapServers;

	Topics(String bootstrapServers) {
		this.bootstrapServers = bootstrapServers;
	}

	void create(String name) throws ExecutionException, InterruptedException {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", this.bootstrapServers))) {
			admin.createTopics(List.of(new NewTopic(name, Messages.PARTITIONS, (short) 1))).all().get();
		}
	}

	/**
	 * Make a topic that is full.
	 * @param name the topic
	 * @param messages how many messages it gets
	 */
	void fill(String name, long messages) throws ExecutionException, InterruptedException {
		create(name);
		AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
				Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, this.bootstrapServers, ProducerConfig.LINGER_MS_CONFIG,
						"50", ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			for (long number = 0; number < messages && failure.get() == null; number++) {
				// Failures come back through the callback.
				var unused = producer.send(new ProducerRecord<>(name, Messages.partition(number), Messages.key(number),
						Messages.body(number)), (metadata, ex) -> {
							if (ex != null) {
								failure.compareAndSet(null, ex);
							}
						});
			}
		}
		Exception ex = failure.get();
		if (ex != null) {
			throw new IllegalStateException("The topic could not be filled", ex);
		}
	}

}
