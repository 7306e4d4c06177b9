package io.baseplate.kafka.benchmarks.client;

import java.util.Arrays;

import io.baseplate.kafka.benchmarks.run.Latency;

/**
 * How long messages were on their way. Rates are low here, so a lock does no harm.
 */
final class Latencies {

	private long[] sent = new long[1024];

	private long[] nanos = new long[1024];

	private int size;

	/**
	 * A handler has a message.
	 * @param sent when it was given to the producer, in nanoseconds of this JVM
	 */
	void received(long sent) {
		long nanos = System.nanoTime() - sent;
		synchronized (this) {
			if (this.size == this.sent.length) {
				this.sent = Arrays.copyOf(this.sent, 2 * this.size);
				this.nanos = Arrays.copyOf(this.nanos, 2 * this.size);
			}
			this.sent[this.size] = sent;
			this.nanos[this.size] = nanos;
			this.size++;
		}
	}

	/**
	 * Of messages that were sent in a window.
	 * @param begin when it began, in nanoseconds of this JVM
	 * @param end when it ended
	 * @return the latency
	 */
	synchronized Latency between(long begin, long end) {
		long[] chosen = new long[this.size];
		int count = 0;
		for (int i = 0; i < this.size; i++) {
			if (this.sent[i] - begin >= 0 && this.sent[i] - end < 0) {
				chosen[count++] = this.nanos[i];
			}
		}
		return Latency.ofNanos(Arrays.copyOf(chosen, count));
	}

}
