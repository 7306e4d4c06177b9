package io.baseplate.kafka.consumer;

import org.jspecify.annotations.Nullable;

/**
 * A consumer could not start because of what the brokers said, or because they did not
 * answer.
 */
public class ConsumerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String consumer;

	private final Reason reason;

	private final String problem;

	/**
	 * Create a new instance.
	 * @param consumer the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param reason the kind of failure
	 * @param problem what is wrong, without a full stop
	 * @param cause what the client threw, or {@code null}
	 */
	public ConsumerStartException(String consumer, Reason reason, String problem, @Nullable Throwable cause) {
		super("Consumer '" + consumer + "' could not start: " + problem, cause);
		this.consumer = consumer;
		this.reason = reason;
		this.problem = problem;
	}

	/**
	 * The consumer's name.
	 * @return {@code kafka_consumer.{group_name}}
	 */
	public String consumer() {
		return this.consumer;
	}

	/**
	 * The kind of failure.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * What is wrong.
	 * @return the problem
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * Kinds of failure.
	 */
	public enum Reason {

		/** No metadata came back in time. */
		NO_METADATA,

		/** A topic does not exist. */
		MISSING_TOPIC,

		/** A topic can't exist: its name is none. */
		INVALID_TOPIC,

		/** The brokers refused the credentials. */
		AUTHENTICATION,

		/** The brokers refused the topic or the group. */
		AUTHORIZATION,

		/** The client refused its settings. */
		CLIENT_SETTINGS,

		/** Anything else. */
		OTHER

	}

}
