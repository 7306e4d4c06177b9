package io.baseplate.kafka.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

import io.baseplate.kafka.QueueConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Starts all consumers of the application side by side and waits for all; stops them side
 * by side, before the web server's connections and the beans that handlers use are gone.
 * Keeps an application without a web server alive until its context closes, also after
 * all consumers have stopped.
 */
final class QueueConsumerLifecycle implements SmartLifecycle {

	/**
	 * Consumers start last and stop first.
	 */
	static final int PHASE = Integer.MAX_VALUE - 100;

	private static final Logger logger = LoggerFactory.getLogger(QueueConsumerLifecycle.class);

	private final Supplier<List<QueueConsumer>> supplier;

	private List<QueueConsumer> consumers = List.of();

	private @Nullable CountDownLatch alive;

	QueueConsumerLifecycle(Supplier<List<QueueConsumer>> supplier) {
		this.supplier = supplier;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

	@Override
	public synchronized void start() {
		if (this.alive != null) {
			return;
		}
		this.consumers = this.supplier.get();
		if (this.consumers.isEmpty()) {
			return;
		}
		List<CompletableFuture<Void>> starts = new ArrayList<>();
		for (QueueConsumer consumer : this.consumers) {
			if (consumer.isAutoStartup()) {
				starts.add(consumer.startAsync());
			}
		}
		this.alive = keepAlive();
		try {
			CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new)).join();
		}
		catch (CompletionException ex) {
			stop();
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	/**
	 * All other threads of the starter are daemons.
	 */
	private static CountDownLatch keepAlive() {
		CountDownLatch alive = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			try {
				alive.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "baseplate-kafka-keep-alive");
		thread.setDaemon(false);
		thread.start();
		return alive;
	}

	@Override
	public void stop() {
		stopAll().join();
	}

	@Override
	public void stop(Runnable callback) {
		CompletableFuture<Void> stopped = stopAll().whenComplete((done, failure) -> callback.run());
		logger.debug("Stopping all consumers: {}", stopped);
	}

	private synchronized CompletableFuture<Void> stopAll() {
		CountDownLatch alive = this.alive;
		this.alive = null;
		if (alive != null) {
			alive.countDown();
		}
		return CompletableFuture
			.allOf(this.consumers.stream().map(QueueConsumer::stopAsync).toArray(CompletableFuture[]::new));
	}

	@Override
	public synchronized boolean isRunning() {
		return this.alive != null;
	}

}
