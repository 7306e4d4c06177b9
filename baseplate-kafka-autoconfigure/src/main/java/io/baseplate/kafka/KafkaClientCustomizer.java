package io.baseplate.kafka;

import java.util.Map;

/**
 * Edits the client settings of a consumer last, after every property. Settings that would
 * break the consumer's mode are refused afterwards, by name.
 */
@FunctionalInterface
public interface KafkaClientCustomizer {

	/**
	 * Edit the settings of one consumer's Kafka client.
	 * @param consumerName the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param settings the client's settings, to be changed in place
	 */
	void customize(String consumerName, Map<String, Object> settings);

}
