package io.baseplate.kafka.benchmarks.run;

import java.util.Arrays;

/**
 * From before the message was given to the producer to when the handler has it, in
 * microseconds.
 *
 * @param samples the number of messages
 * @param p50 the median
 * @param p99 the 99th percentile
 * @param max the longest
 */
public record Latency(int samples, double p50, double p99, double max) {

	/**
	 * Of nanoseconds.
	 * @param nanos at least one
	 * @return the latency
	 */
	public static Latency ofNanos(long[] nanos) {
		if (nanos.length == 0) {
			throw new IllegalArgumentException("No message was measured");
		}
		long[] sorted = nanos.clone();
		Arrays.sort(sorted);
		return new Latency(sorted.length, micros(sorted, 0.5), micros(sorted, 0.99), micros(sorted, 1));
	}

	/**
	 * The smallest value that is not below the given share of all.
	 */
	private static double micros(long[] sorted, double share) {
		int index = (int) Math.ceil(share * sorted.length) - 1;
		return sorted[Math.max(0, index)] / 1000.0;
	}

}
