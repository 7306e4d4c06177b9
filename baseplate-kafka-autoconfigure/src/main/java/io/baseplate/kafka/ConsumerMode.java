package io.baseplate.kafka;

/**
 * How a consumer works through its messages: the two factories of the seed.
 */
public enum ConsumerMode {

	/**
	 * One message at a time, in the order of each partition. By default each message is
	 * committed before the next one is handed over.
	 */
	IN_ORDER,

	/**
	 * Many messages at once, in any order, committed periodically.
	 */
	FAST

}
