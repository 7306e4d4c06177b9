package io.baseplate.kafka;

/**
 * Which messages a fast consumer handles one at a time and in the order of their offsets,
 * while all others are handled side by side. Set with
 * {@code baseplate.kafka.consumers.<group_name>.ordering}.
 */
public enum Ordering {

	/**
	 * None: the default.
	 */
	NONE,

	/**
	 * Those of one key in one partition. Messages without a key have no order.
	 */
	KEY,

	/**
	 * Those of one partition.
	 */
	PARTITION

}
