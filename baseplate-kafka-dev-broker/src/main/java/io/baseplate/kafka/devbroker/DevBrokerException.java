package io.baseplate.kafka.devbroker;

import org.jspecify.annotations.Nullable;

/**
 * The dev broker could not do what it was asked to: start, create a topic, or go on after
 * a fault of its own.
 */
public class DevBrokerException extends RuntimeException {

	/**
	 * Create an exception with a cause.
	 * @param message what failed, and where it helps what to change
	 * @param cause why, or {@code null} where nothing more is known
	 */
	public DevBrokerException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
