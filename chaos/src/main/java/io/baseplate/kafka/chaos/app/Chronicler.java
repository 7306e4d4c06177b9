package io.baseplate.kafka.chaos.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Writes down what the application can see of its consumers: states and health whenever
 * they change, and after a clean stop the totals. It begins before the consumers and ends
 * after them.
 */
class Chronicler implements SmartLifecycle {

	private static final long INTERVAL_MILLIS = 25;

	private static final int ROUNDS_PER_SAMPLE = 80;

	private final JournalWriter journal;

	private final Path runningFile;

	private final @Nullable Duration heapInterval;

	private final ObjectProvider<QueueConsumer> consumers;

	private final ObjectProvider<HealthEndpoint> health;

	private final Map<Cell, Long> states = new EnumMap<>(Cell.class);

	private final Map<Cell, Long> verdicts = new EnumMap<>(Cell.class);

	private @Nullable Watch watch;

	Chronicler(JournalWriter journal, Path runningFile, @Nullable Duration heapInterval,
			ObjectProvider<QueueConsumer> consumers, ObjectProvider<HealthEndpoint> health) {
		this.journal = journal;
		this.runningFile = runningFile;
		this.heapInterval = heapInterval;
		this.consumers = consumers;
		this.health = health;
	}

	/**
	 * Consumers start last and stop first.
	 */
	@Override
	public int getPhase() {
		return 0;
	}

	@EventListener
	void running(ApplicationReadyEvent event) throws IOException {
		this.journal.process(EventType.RUNNING, 0);
		Files.createFile(this.runningFile);
	}

	@EventListener
	void stopping(ContextClosedEvent event) {
		this.journal.process(EventType.STOPPING, 0);
	}

	@Override
	public synchronized void start() {
		Map<Cell, QueueConsumer> cells = cells();
		HealthEndpoint endpoint = this.health.getObject();
		// Not by an interrupt, which would close the files that are read for samples.
		CountDownLatch stop = new CountDownLatch(1);
		Thread thread = new Thread(() -> watch(cells, endpoint, stop), "chronicler");
		thread.setDaemon(true);
		thread.start();
		this.watch = new Watch(thread, stop);
	}

	private Map<Cell, QueueConsumer> cells() {
		Map<String, QueueConsumer> byName = new HashMap<>();
		this.consumers.forEach((consumer) -> byName.put(consumer.name(), consumer));
		Map<Cell, QueueConsumer> cells = new EnumMap<>(Cell.class);
		for (Cell cell : Cell.values()) {
			QueueConsumer consumer = byName.get("kafka_consumer." + cell.groupName());
			if (consumer == null) {
				throw new IllegalStateException("There is no consumer of " + cell);
			}
			cells.put(cell, consumer);
		}
		return cells;
	}

	private void watch(Map<Cell, QueueConsumer> cells, HealthEndpoint endpoint, CountDownLatch stop) {
		try {
			int round = 0;
			long heapSample = System.nanoTime();
			do {
				look(cells, endpoint);
				if (round++ % ROUNDS_PER_SAMPLE == 0) {
					ProcessSamples.write(this.journal);
				}
				Duration interval = this.heapInterval;
				if (interval != null && System.nanoTime() - heapSample >= interval.toNanos()) {
					heapSample = System.nanoTime();
					ProcessSamples.writeHeap(this.journal);
				}
			}
			while (!stop.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
			look(cells, endpoint);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("Nobody interrupts this thread", ex);
		}
	}

	@SuppressWarnings("EnumOrdinal")
	private void look(Map<Cell, QueueConsumer> cells, HealthEndpoint endpoint) {
		cells
			.forEach((cell, consumer) -> note(this.states, EventType.STATE, cell, consumer.status().state().ordinal()));
		if (endpoint.healthForPath("baseplateKafka") instanceof CompositeHealthDescriptor all) {
			Map<String, HealthDescriptor> children = Objects.requireNonNull(all.getComponents());
			cells.forEach((cell, consumer) -> {
				HealthDescriptor child = children.get(consumer.name());
				if (child == null) {
					throw new IllegalStateException("There is no health of " + cell);
				}
				note(this.verdicts, EventType.HEALTH, cell, value(child.getStatus()));
			});
		}
	}

	private void note(Map<Cell, Long> known, EventType type, Cell cell, long value) {
		Long before = known.put(cell, value);
		if (before == null || before != value) {
			this.journal.consumer(type, cell, value);
		}
	}

	private static long value(Status status) {
		if (status.equals(Status.UP)) {
			return 1;
		}
		return status.equals(Status.DOWN) ? 0 : 2;
	}

	@Override
	public synchronized void stop() {
		Watch current = this.watch;
		if (current == null) {
			return;
		}
		this.watch = null;
		current.end();
		cells().forEach((cell, consumer) -> writeTotals(cell, consumer.status()));
		this.journal.process(EventType.STOPPED, 0);
	}

	private void writeTotals(Cell cell, ConsumerStatus status) {
		Totals totals = status.totals();
		this.journal.consumer(EventType.TOTAL_READ, cell, totals.read());
		this.journal.consumer(EventType.TOTAL_HANDLED, cell, totals.handled());
		this.journal.consumer(EventType.TOTAL_INVALID, cell, totals.invalid());
		this.journal.consumer(EventType.TOTAL_FAILED, cell, totals.failed());
		this.journal.consumer(EventType.TOTAL_DROPPED, cell, totals.dropped());
		this.journal.consumer(EventType.TOTAL_UNCOMMITTED, cell, totals.uncommitted());
	}

	@Override
	public synchronized boolean isRunning() {
		return this.watch != null;
	}

	private record Watch(Thread thread, CountDownLatch stop) {

		void end() {
			this.stop.countDown();
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
