package io.baseplate.kafka.consumer;

import java.util.function.Supplier;

import org.apache.kafka.clients.consumer.Consumer;

/**
 * Where the Kafka client comes from.
 */
final class KafkaConnection {

	private final Supplier<Consumer<byte[], byte[]>> supplier;

	private KafkaConnection(Supplier<Consumer<byte[], byte[]>> supplier) {
		this.supplier = supplier;
	}

	static KafkaConnection made(Supplier<Consumer<byte[], byte[]>> supplier) {
		return new KafkaConnection(supplier);
	}

	static KafkaConnection given(Consumer<byte[], byte[]> consumer) {
		return new KafkaConnection(() -> consumer);
	}

	Consumer<byte[], byte[]> open() {
		return this.supplier.get();
	}

}
