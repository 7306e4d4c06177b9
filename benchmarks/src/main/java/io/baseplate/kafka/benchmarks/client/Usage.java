package io.baseplate.kafka.benchmarks.client;

import io.baseplate.kafka.benchmarks.run.Latency;
import io.baseplate.kafka.benchmarks.run.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * What has been used up to a moment.
 *
 * @param nanos the moment
 * @param messages messages that were handled
 * @param cpuNanos processor time of this JVM
 * @param brokerCpuNanos processor time of the broker
 * @param allocated bytes that threads allocated
 * @param switches context switches
 * @param commits commits that were answered
 */
record Usage(long nanos, long messages, long cpuNanos, @Nullable Long brokerCpuNanos, @Nullable Long allocated,
		@Nullable Long switches, long commits) {

	private static final double NANOS = 1e9;

	/**
	 * What was used since another moment.
	 * @param before the other moment
	 * @param peakRss the most memory that there ever was
	 * @param latency the latency, or {@code null}
	 * @return the difference
	 */
	Measurement since(Usage before, @Nullable Long peakRss, @Nullable Latency latency) {
		Long broker = difference(this.brokerCpuNanos, before.brokerCpuNanos);
		return new Measurement(this.messages - before.messages, (this.nanos - before.nanos) / NANOS,
				(this.cpuNanos - before.cpuNanos) / NANOS, (broker != null) ? broker / NANOS : null,
				difference(this.allocated, before.allocated), difference(this.switches, before.switches), peakRss,
				this.commits - before.commits, latency);
	}

	private static @Nullable Long difference(@Nullable Long now, @Nullable Long before) {
		return (now != null && before != null) ? Long.valueOf(now - before) : null;
	}

}
