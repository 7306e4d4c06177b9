package io.baseplate.kafka.benchmarks;

import io.baseplate.kafka.benchmarks.run.Latency;
import io.baseplate.kafka.benchmarks.run.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * A figure of a measurement.
 */
enum Figure {

	/**
	 * Messages a second.
	 */
	RATE("rate", true) {
		@Override
		Double of(Measurement measurement) {
			return measurement.rate();
		}
	},

	/**
	 * Median of the latency in microseconds.
	 */
	P50("p50", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			Latency latency = measurement.latency();
			return (latency != null) ? latency.p50() : null;
		}
	},

	/**
	 * 99th percentile of the latency in microseconds.
	 */
	P99("p99", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			Latency latency = measurement.latency();
			return (latency != null) ? latency.p99() : null;
		}
	},

	/**
	 * Processor time of the measured JVM, in microseconds a message: seconds a million.
	 */
	CLIENT_CPU("client CPU", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			return perMillion(measurement, measurement.clientCpuSeconds());
		}
	},

	/**
	 * Processor time of the broker, in microseconds a message.
	 */
	BROKER_CPU("broker CPU", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			return perMillion(measurement, measurement.brokerCpuSeconds());
		}
	},

	/**
	 * Bytes allocated for each message.
	 */
	ALLOCATED("bytes", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			return measurement.perMessage(measurement.allocatedBytes());
		}
	},

	/**
	 * Context switches for each message.
	 */
	SWITCHES("switches", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			return measurement.perMessage(measurement.contextSwitches());
		}
	},

	/**
	 * Commits for each message.
	 */
	COMMITS("commits", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			return measurement.perMessage(measurement.commits());
		}
	},

	/**
	 * The most memory that the measured JVM ever had, in megabytes.
	 */
	RSS("RSS", false) {
		@Override
		@Nullable Double of(Measurement measurement) {
			Long bytes = measurement.peakRssBytes();
			return (bytes != null) ? bytes / 1e6 : null;
		}
	};

	private final String text;

	private final boolean higherBetter;

	Figure(String text, boolean higherBetter) {
		this.text = text;
		this.higherBetter = higherBetter;
	}

	String text() {
		return this.text;
	}

	boolean isHigherBetter() {
		return this.higherBetter;
	}

	/**
	 * Whether targets of it are shares of the baseline's figure.
	 * @return {@code false} where they are the figure itself
	 */
	boolean isRelative() {
		return this == RATE || this == P50 || this == P99;
	}

	abstract @Nullable Double of(Measurement measurement);

	private static @Nullable Double perMillion(Measurement measurement, @Nullable Double seconds) {
		Double perMessage = measurement.perMessage(seconds);
		return (perMessage != null) ? perMessage * 1e6 : null;
	}

}
