package io.baseplate.kafka.consumer;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.KafkaClientCustomizer;

/**
 * What a user may say about the Kafka client of one consumer, beyond its
 * {@link ConsumerSettings}. Nothing is checked before {@link KafkaClientSettings#build}.
 *
 * @param bootstrapServers the brokers, {@code host:port}, comma separated
 * @param autoOffsetReset where to begin on a partition without a committed offset:
 * {@code latest}, {@code earliest}, {@code none}, or {@code by_duration:} and an ISO 8601
 * duration
 * @param groupProtocol {@code classic}, or {@code consumer} (KIP-848)
 * @param properties raw client settings, strings or typed values as in Kafka's
 * {@code ConsumerConfig}; they win over the defaults of this library
 * @param customizers edit the settings last, in this order
 */
public record KafkaClientOptions(String bootstrapServers, String autoOffsetReset, String groupProtocol,
		Map<String, Object> properties, List<KafkaClientCustomizer> customizers) {

	/**
	 * Default of {@code auto-offset-reset}, as in baseplate.py.
	 */
	public static final String DEFAULT_AUTO_OFFSET_RESET = "latest";

	/**
	 * Default of {@code group-protocol}.
	 */
	public static final String DEFAULT_GROUP_PROTOCOL = "classic";

	public KafkaClientOptions {
		properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
		customizers = List.copyOf(customizers);
	}

	/**
	 * The defaults.
	 * @param bootstrapServers the brokers, {@code host:port}, comma separated
	 * @return options with {@code latest}, {@code classic}, and nothing else
	 */
	public static KafkaClientOptions of(String bootstrapServers) {
		return new KafkaClientOptions(bootstrapServers, DEFAULT_AUTO_OFFSET_RESET, DEFAULT_GROUP_PROTOCOL, Map.of(),
				List.of());
	}

}
