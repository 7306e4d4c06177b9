package io.baseplate.kafka.benchmarks;

import java.util.List;

import io.baseplate.kafka.benchmarks.run.StackSpec;

/**
 * A stack in a workload.
 *
 * @param stack the stack
 * @param tier which runs it is part of
 * @param targets what it is meant to reach
 */
record Contender(StackSpec stack, Tier tier, List<Target> targets) {

	String name() {
		return this.stack.name();
	}

}
