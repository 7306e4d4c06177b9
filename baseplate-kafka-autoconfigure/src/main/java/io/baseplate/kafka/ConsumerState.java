package io.baseplate.kafka;

/**
 * The states of a consumer:
 * {@code CREATED → STARTING → RUNNING ⇄ PAUSED → STOPPING → STOPPED}, and after a failure
 * {@code STOPPING → FAILED} or {@code STOPPING → RESTARTING → STARTING}.
 */
public enum ConsumerState {

	/** Made, never started. */
	CREATED,

	/** Connecting and running the start-up checks. */
	STARTING,

	/** Reading and handling. */
	RUNNING,

	/**
	 * A member of the group that hands nothing over until {@link QueueConsumer#resume()}.
	 */
	PAUSED,

	/** Finishing what is in flight, committing, leaving the group. */
	STOPPING,

	/** Stopped on purpose. */
	STOPPED,

	/** Stopped by a failure; the status has the reason. */
	FAILED,

	/** Waiting to start again after a failure; the status has the reason. */
	RESTARTING;

	/**
	 * Whether threads and a connection exist in this state.
	 * @return true from the start until the consumer is stopped or failed
	 */
	public boolean isActive() {
		return this != CREATED && this != STOPPED && this != FAILED;
	}

}
