package io.baseplate.kafka.benchmarks;

import java.util.List;

import io.baseplate.kafka.benchmarks.run.Latency;
import io.baseplate.kafka.benchmarks.run.Measurement;

/**
 * Results that a test makes up.
 */
final class TestResults {

	private TestResults() {
	}

	/**
	 * So many messages in one second, each at 2 microseconds of the client, 1 of the
	 * broker, 100 bytes and half a context switch.
	 */
	static RunResult rate(Workload workload, int round, String stack, long messages) {
		return new RunResult(workload, round, stack, new Measurement(messages, 1, messages * 2e-6, messages * 1e-6,
				messages * 100, messages / 2, 200_000_000L, messages / 1000, null), List.of());
	}

	static RunResult latency(Workload workload, int round, String stack, double p50, double p99) {
		return new RunResult(workload, round, stack,
				new Measurement(200, 1, 0.1, null, null, null, null, 200, new Latency(200, p50, p99, p99)), List.of());
	}

	static RunResult problem(Workload workload, int round, String stack) {
		return new RunResult(workload, round, stack, null, List.of("partition 0: 3 messages handled more than once"));
	}

}
