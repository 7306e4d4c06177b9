package io.baseplate.kafka.consumer;

/**
 * What the reader is asked to do from outside. Any thread.
 */
interface ReaderCommands {

	/**
	 * Whether the consumer is to stop.
	 * @return {@code true} from the request on
	 */
	boolean isStopping();

	/**
	 * Whether nothing is to be handed over for now.
	 * @return {@code true} while the consumer is paused
	 */
	boolean isPaused();

}
