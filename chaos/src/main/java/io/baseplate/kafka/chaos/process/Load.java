package io.baseplate.kafka.chaos.process;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Messages with known ids and keys, sent by a thread of its own: idempotently and
 * acknowledged by all replicas, or in transactions. Remembers what became of each.
 */
public final class Load implements AutoCloseable {

	/**
	 * How long a message may wait for brokers that are away.
	 */
	private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

	private final LoadSpec spec;

	private final SplittableRandom random;

	private final KafkaProducer<byte[], byte[]> producer;

	private final Outbox outbox = new Outbox();

	private final Thread thread;

	private volatile int perSecond;

	private volatile boolean stopped;

	private volatile @Nullable Throwable failure;

	private volatile long next;

	private Load(LoadSpec spec) {
		this.spec = spec;
		this.random = new SplittableRandom(spec.seed());
		this.next = spec.firstId();
		this.perSecond = spec.perSecond();
		this.producer = producer(spec);
		this.thread = new Thread(this::run, "load");
		this.thread.setDaemon(true);
	}

	/**
	 * Begin to send.
	 * @param spec what
	 * @return the load
	 */
	public static Load start(LoadSpec spec) {
		Load load = new Load(spec);
		load.thread.start();
		return load;
	}

	private static KafkaProducer<byte[], byte[]> producer(LoadSpec spec) {
		Map<String, Object> settings = new HashMap<>();
		settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, spec.bootstrapServers());
		settings.put(ProducerConfig.ACKS_CONFIG, "all");
		settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
		settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
		// After kills of brokers, several would keep each other out of order for minutes.
		settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
		settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5000);
		settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY_TIMEOUT.toMillis());
		settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT.toMillis());
		settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
		settings.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, 2000);
		if (spec.transactionSize() > 0) {
			settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "load-" + UUID.randomUUID());
		}
		return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
	}

	/**
	 * From now on another rate.
	 * @param perSecond messages a second, {@link LoadSpec#UNLIMITED} for as fast as
	 * possible
	 */
	public void rate(int perSecond) {
		this.perSecond = perSecond;
	}

	/**
	 * Messages handed to the producer so far.
	 * @return how many
	 */
	public long sent() {
		return this.next - this.spec.firstId();
	}

	/**
	 * Messages that the brokers have so far.
	 * @return how many
	 */
	public long acknowledged() {
		return this.outbox.acknowledged();
	}

	/**
	 * Wait until the brokers have so many messages.
	 * @param count how many
	 * @param timeout how long that may take
	 */
	public void awaitAcknowledged(long count, Duration timeout) {
		Waiting.until(() -> {
			requireNoFailure();
			return acknowledged() >= count;
		}, timeout, () -> acknowledged() + " of " + count + " messages were acknowledged");
	}

	/**
	 * Send no more, and wait for what is on its way.
	 * @return what became of the messages
	 */
	public Sent stop() {
		this.stopped = true;
		join();
		this.producer.flush();
		this.producer.close();
		requireNoFailure();
		return this.outbox.sent();
	}

	private void run() {
		try {
			if (this.spec.transactionSize() > 0) {
				this.producer.initTransactions();
			}
			long due = System.nanoTime();
			while (!this.stopped) {
				if (this.spec.transactionSize() > 0) {
					sendTransaction();
				}
				else {
					send(this.next);
				}
				due = pace(due, Math.max(1, this.spec.transactionSize()));
			}
		}
		catch (RuntimeException | Error ex) {
			this.failure = ex;
		}
	}

	/**
	 * Wait for the next turn. Turns that were missed because the brokers were away are
	 * not made up for.
	 */
	private long pace(long due, int messages) {
		int rate = this.perSecond;
		if (rate == LoadSpec.UNLIMITED) {
			return System.nanoTime();
		}
		long next = Math.max(due, System.nanoTime() - TimeUnit.SECONDS.toNanos(1))
				+ messages * TimeUnit.SECONDS.toNanos(1) / rate;
		while (!this.stopped && next - System.nanoTime() > 0) {
			LockSupport.parkNanos(Math.min(next - System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(50)));
		}
		return next;
	}

	private void sendTransaction() {
		this.producer.beginTransaction();
		long first = this.next;
		for (int i = 0; i < this.spec.transactionSize(); i++) {
			send(this.next);
		}
		boolean abort = this.random.nextDouble() < this.spec.abortShare();
		try {
			if (abort) {
				// What has not been sent would only be dropped, and leave nothing behind
				// that consumers have to skip.
				this.producer.flush();
				untilAnswered(this.producer::abortTransaction);
				this.outbox.aborted(first, this.next);
			}
			else {
				untilAnswered(this.producer::commitTransaction);
				this.outbox.committed(first, this.next);
			}
		}
		catch (KafkaException ex) {
			this.outbox.unknown(first, this.next);
			throw ex;
		}
	}

	/**
	 * Where the answer did not come in time, the same may be asked again.
	 */
	private void untilAnswered(Runnable end) {
		long start = System.nanoTime();
		while (true) {
			try {
				end.run();
				return;
			}
			catch (TimeoutException ex) {
				if (System.nanoTime() - start > DELIVERY_TIMEOUT.toNanos()) {
					throw ex;
				}
			}
		}
	}

	private void send(long id) {
		byte[] key = ("key-" + this.random.nextInt(this.spec.keys())).getBytes(StandardCharsets.UTF_8);
		ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(this.spec.topic(), key, body(id));
		message.headers().add(StoredMessage.ID_HEADER, ByteBuffer.allocate(Long.BYTES).putLong(id).array());
		this.next = id + 1;
		boolean transactional = this.spec.transactionSize() > 0;
		// What becomes of it is told to the callback.
		var unused = this.producer.send(message, (metadata, failure) -> {
			if (failure == null) {
				this.outbox.written(metadata.partition(), metadata.offset(), id, transactional);
			}
			else if (!transactional) {
				this.outbox.unknown(id, id + 1);
			}
		});
	}

	private byte[] body(long id) {
		String work = this.spec.works().draw(this.random);
		String body = work.equals(Works.INVALID) ? "this is no JSON"
				: "{\"id\":%d,\"work\":\"%s\"}".formatted(id, work);
		return body.getBytes(StandardCharsets.UTF_8);
	}

	private void requireNoFailure() {
		Throwable cause = this.failure;
		if (cause != null) {
			throw new IllegalStateException("The load has failed", cause);
		}
	}

	private void join() {
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * End at once, whatever is on its way.
	 */
	@Override
	public void close() {
		this.stopped = true;
		this.producer.close(Duration.ZERO);
	}

}
