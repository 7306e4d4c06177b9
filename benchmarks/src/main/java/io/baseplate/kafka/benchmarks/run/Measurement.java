package io.baseplate.kafka.benchmarks.run;

import org.jspecify.annotations.Nullable;

/**
 * What a measured window gave. What the platform does not tell is {@code null}.
 *
 * @param messages messages that were handled in the window
 * @param seconds its length
 * @param clientCpuSeconds processor time of the measured JVM, user and system
 * @param brokerCpuSeconds processor time of the broker, user and system
 * @param allocatedBytes what the threads of the measured JVM allocated
 * @param contextSwitches of the measured JVM, voluntary or not
 * @param peakRssBytes the most memory that the measured JVM ever had
 * @param commits commits that were answered
 * @param latency where messages were produced while they were consumed
 */
public record Measurement(long messages, double seconds, double clientCpuSeconds, @Nullable Double brokerCpuSeconds,
		@Nullable Long allocatedBytes, @Nullable Long contextSwitches, @Nullable Long peakRssBytes, long commits,
		@Nullable Latency latency) {

	/**
	 * The throughput.
	 * @return messages a second
	 */
	public double rate() {
		return this.messages / this.seconds;
	}

	/**
	 * A total for each message.
	 * @param total the total, or {@code null}
	 * @return the share of one message, or {@code null}
	 */
	public @Nullable Double perMessage(@Nullable Number total) {
		return (total != null) ? total.doubleValue() / this.messages : null;
	}

}
