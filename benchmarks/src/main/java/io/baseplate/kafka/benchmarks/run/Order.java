package io.baseplate.kafka.benchmarks.run;

/**
 * The order that a stack promises.
 */
public enum Order {

	/**
	 * Any.
	 */
	NONE,

	/**
	 * As in the partition, for messages of one key.
	 */
	KEY,

	/**
	 * As in the partition.
	 */
	PARTITION

}
