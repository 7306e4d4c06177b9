package io.baseplate.kafka.consumer;

/**
 * What became of one message in the hands of a handler.
 */
enum Outcome {

	/** The handler returned. */
	HANDLED,

	/** The body could not be unpacked: counts as done. */
	INVALID,

	/** The handler, or something else, threw. */
	FAILED,

	/** The stop interrupted the handler, which threw: nobody's failure, not done. */
	INTERRUPTED

}
