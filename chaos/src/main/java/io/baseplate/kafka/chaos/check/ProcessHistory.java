package io.baseplate.kafka.chaos.check;

import java.util.EnumMap;
import java.util.Map;

import io.baseplate.kafka.chaos.check.Invocations.Outcome;
import io.baseplate.kafka.chaos.journal.EventType;

/**
 * What the journal of one process tells of a cell besides its invocations.
 */
final class ProcessHistory {

	private final String name;

	private final Map<EventType, Long> totals = new EnumMap<>(EventType.class);

	private long lastNanos = Long.MIN_VALUE;

	private boolean stopped;

	private long started;

	private long handled;

	private long failed;

	private long interrupted;

	ProcessHistory(String name) {
		this.name = name;
	}

	String name() {
		return this.name;
	}

	void seen(long nanos) {
		this.lastNanos = Math.max(this.lastNanos, nanos);
	}

	/**
	 * When the process last wrote anything: it lived until then at least.
	 */
	long lastNanos() {
		return this.lastNanos;
	}

	void stopped() {
		this.stopped = true;
	}

	/**
	 * Whether the process came to the end of a clean stop.
	 */
	boolean isStopped() {
		return this.stopped;
	}

	void total(EventType type, long value) {
		this.totals.put(type, value);
	}

	/**
	 * Whether the consumer's totals have been written.
	 */
	boolean hasTotals() {
		return !this.totals.isEmpty();
	}

	long total(EventType type) {
		return this.totals.getOrDefault(type, 0L);
	}

	void began() {
		this.started++;
	}

	void ended(Outcome outcome) {
		switch (outcome) {
			case ENDED -> this.handled++;
			case FAILED -> this.failed++;
			case INTERRUPTED -> this.interrupted++;
			case OPEN -> throw new IllegalArgumentException("An invocation does not end by being open");
		}
	}

	long started() {
		return this.started;
	}

	long handled() {
		return this.handled;
	}

	long failed() {
		return this.failed;
	}

	long interrupted() {
		return this.interrupted;
	}

	/**
	 * How many invocations have no end.
	 */
	long open() {
		return this.started - this.handled - this.failed - this.interrupted;
	}

}
