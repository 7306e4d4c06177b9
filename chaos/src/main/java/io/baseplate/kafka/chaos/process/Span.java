package io.baseplate.kafka.chaos.process;

import java.time.Duration;

/**
 * When something was done to a process: it had not happened yet at {@code from} and was
 * complete at {@code to}.
 *
 * @param from {@link System#nanoTime()} before
 * @param to {@link System#nanoTime()} after
 */
public record Span(long from, long to) {

	static Span of(Runnable action) {
		long from = System.nanoTime();
		action.run();
		return new Span(from, System.nanoTime());
	}

	/**
	 * From the beginning of this to the end of another.
	 * @param end what ended it
	 * @return the span of both
	 */
	public Span until(Span end) {
		return new Span(this.from, end.to);
	}

	/**
	 * How long it was.
	 * @return the length
	 */
	public Duration length() {
		return Duration.ofNanos(this.to - this.from);
	}

}
