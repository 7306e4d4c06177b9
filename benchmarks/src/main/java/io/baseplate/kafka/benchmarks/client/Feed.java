package io.baseplate.kafka.benchmarks.client;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces at a steady rate while a stack consumes, each message at once. In the same
 * JVM, so that there is one clock.
 */
final class Feed implements AutoCloseable {

	private final KafkaProducer<byte[], byte[]> producer;

	private final String topic;

	private final long intervalNanos;

	private final Thread thread = new Thread(this::run, "feed");

	private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

	private volatile boolean stopped;

	private volatile long sent;

	Feed(String bootstrapServers, String topic, int rate) {
		this.producer = new KafkaProducer<>(
				Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, "0"),
				new ByteArraySerializer(), new ByteArraySerializer());
		this.topic = topic;
		this.intervalNanos = 1_000_000_000L / rate;
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		long due = System.nanoTime();
		for (long number = 0; !this.stopped; number++) {
			long now = System.nanoTime();
			while (due - now > 0 && !this.stopped) {
				LockSupport.parkNanos(due - now);
				now = System.nanoTime();
			}
			send(number);
			due += this.intervalNanos;
		}
		this.producer.flush();
	}

	private void send(long number) {
		ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(this.topic, Messages.partition(number),
				Messages.key(number), Messages.body(number));
		message.headers().add(Messages.SENT, ByteBuffer.allocate(Long.BYTES).putLong(System.nanoTime()).array());
		// Failures come back through the callback.
		var unused = this.producer.send(message, (metadata, ex) -> {
			if (ex != null) {
				this.failure.compareAndSet(null, ex);
			}
		});
		this.sent = number + 1;
	}

	/**
	 * End, and wait until the broker has everything.
	 * @return how many messages there were
	 */
	long stop() throws Exception {
		this.stopped = true;
		this.thread.join();
		Exception failure = this.failure.get();
		if (failure != null) {
			throw failure;
		}
		return this.sent;
	}

	@Override
	public void close() {
		this.stopped = true;
		this.producer.close();
	}

}
