package io.baseplate.kafka.consumer;

import org.jspecify.annotations.Nullable;

/**
 * A setting of a consumer is wrong: says which, what it was, why that cannot be, and what
 * would be right. The auto-configuration adds where it was set.
 */
public class ConsumerConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String consumer;

	private final String property;

	private final @Nullable String value;

	private final String problem;

	private final String remedy;

	/**
	 * Create a new instance.
	 * @param consumer the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param property the setting as the per-consumer property is called, such as
	 * {@code group-id} or {@code properties.enable.auto.commit}
	 * @param value the value that was set, or {@code null} where nothing was
	 * @param problem why that cannot be: the rule, without a full stop
	 * @param remedy what would be right, without a full stop
	 */
	public ConsumerConfigurationException(String consumer, String property, @Nullable String value, String problem,
			String remedy) {
		super("Consumer '" + consumer + "': " + property + ((value != null) ? " '" + value + "'" : "") + ": " + problem
				+ ". Remedy: " + remedy + ".");
		this.consumer = consumer;
		this.property = property;
		this.value = value;
		this.problem = problem;
		this.remedy = remedy;
	}

	/**
	 * The consumer's name.
	 * @return {@code kafka_consumer.{group_name}}
	 */
	public String consumer() {
		return this.consumer;
	}

	/**
	 * The setting.
	 * @return the name of the per-consumer property
	 */
	public String property() {
		return this.property;
	}

	/**
	 * The value that was set.
	 * @return the value, or {@code null} where nothing was set
	 */
	public @Nullable String value() {
		return this.value;
	}

	/**
	 * Why that cannot be.
	 * @return the rule that was broken
	 */
	public String problem() {
		return this.problem;
	}

	/**
	 * What would be right.
	 * @return the remedy
	 */
	public String remedy() {
		return this.remedy;
	}

}
