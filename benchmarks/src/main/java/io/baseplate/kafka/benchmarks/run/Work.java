package io.baseplate.kafka.benchmarks.run;

/**
 * What a handler does with a message.
 */
public enum Work {

	/**
	 * Nothing.
	 */
	NOTHING,

	/**
	 * Sleep for {@link #SLEEP_MILLIS}.
	 */
	SLEEP,

	/**
	 * Get the body as a tree of Jackson's.
	 */
	PARSE;

	/**
	 * How long {@link #SLEEP} sleeps.
	 */
	public static final int SLEEP_MILLIS = 5;

}
