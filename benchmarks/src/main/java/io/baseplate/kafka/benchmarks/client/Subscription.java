package io.baseplate.kafka.benchmarks.client;

import java.util.HashMap;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a stack is to consume.
 *
 * @param bootstrapServers the broker
 * @param topic the topic, from its beginning
 * @param service the first part of the group's name
 */
record Subscription(String bootstrapServers, String topic, String service) {

	/**
	 * The second part of the group's name.
	 */
	static final String GROUP_NAME = "benchmark";

	String groupId() {
		return this.service + "." + GROUP_NAME;
	}

	/**
	 * Settings of a client that a stack does not make itself: Kafka's defaults.
	 * @return the settings, to be changed
	 */
	Map<String, Object> clientSettings() {
		Map<String, Object> settings = new HashMap<>();
		settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, this.bootstrapServers);
		settings.put(ConsumerConfig.GROUP_ID_CONFIG, groupId());
		settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		return settings;
	}

}
