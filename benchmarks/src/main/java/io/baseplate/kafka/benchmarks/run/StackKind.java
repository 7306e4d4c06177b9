package io.baseplate.kafka.benchmarks.run;

import java.util.Locale;

/**
 * What consumes.
 */
public enum StackKind {

	/**
	 * A loop around a bare {@code KafkaConsumer}. Modes: {@code each} commits each
	 * message, {@code auto} leaves it to the client.
	 */
	RAW,

	/**
	 * Ours, In order. The mode is the commit strategy.
	 */
	IN_ORDER,

	/**
	 * Ours, Fast. The mode is the commit strategy, and where there is an order a dot and
	 * the ordering: {@code processed.key}.
	 */
	FAST,

	/**
	 * spring-kafka's {@code @KafkaListener}. The mode is the ack mode.
	 */
	SPRING_KAFKA,

	/**
	 * Confluent's Parallel Consumer. The mode is the ordering.
	 */
	PARALLEL_CONSUMER,

	/**
	 * A loop around a bare {@code KafkaShareConsumer}. Modes: {@code each} acknowledges
	 * and commits each message, {@code implicit} leaves it to the next poll.
	 */
	SHARE_GROUP;

	/**
	 * The name as it is written in settings and results.
	 * @return lower case, with dashes
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
