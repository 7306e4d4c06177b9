package io.baseplate.kafka.benchmarks;

/**
 * Which runs a stack is part of. Each has all of those before it.
 */
enum Tier {

	/**
	 * The short form.
	 */
	SHORT,

	/**
	 * The complete run: what has a target, and what that is relative to.
	 */
	COMPLETE,

	/**
	 * The alternatives as well.
	 */
	ALL

}
