package io.baseplate.kafka.benchmarks;

import java.util.List;

import io.baseplate.kafka.benchmarks.run.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * A line of the results: what one JVM gave.
 *
 * @param workload the workload
 * @param round the round, from 1
 * @param stack the stack's name
 * @param measurement the figures; {@code null} where there is a problem
 * @param problems what went wrong
 */
record RunResult(Workload workload, int round, String stack, @Nullable Measurement measurement, List<String> problems) {

	boolean isMeasured() {
		return this.measurement != null;
	}

}
