package io.baseplate.kafka.consumer;

import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.QueueConsumer;

/**
 * Is told what becomes of a consumer, on the consumer's own threads: it must return
 * quickly, and must not stop or start the consumer on the calling thread.
 */
public interface ConsumerListener {

	/**
	 * Listens to nothing.
	 */
	ConsumerListener NONE = new ConsumerListener() {
	};

	/**
	 * The state changed.
	 * @param consumer the consumer
	 * @param from the state before
	 * @param to the state now
	 */
	default void stateChanged(QueueConsumer consumer, ConsumerState from, ConsumerState to) {
	}

	/**
	 * The consumer came to rest after a failure while it was running: it has left its
	 * group, and its state is {@link ConsumerState#FAILED}, or
	 * {@link ConsumerState#RESTARTING} where it will try again. Not called for a failed
	 * start.
	 * @param consumer the consumer
	 * @param failure what happened
	 * @param shutdown whether the application is to be shut down
	 */
	default void failed(QueueConsumer consumer, ConsumerStatus.Failure failure, boolean shutdown) {
	}

}
