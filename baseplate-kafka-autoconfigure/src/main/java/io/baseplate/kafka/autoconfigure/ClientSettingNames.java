package io.baseplate.kafka.autoconfigure;

import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of raw client settings that no Kafka client knows, which are likely typos. The
 * client itself ignores them.
 */
final class ClientSettingNames {

	private static final Logger logger = LoggerFactory.getLogger(ClientSettingNames.class);

	/**
	 * What Kafka's own reporter and the context of metrics take, beside what
	 * {@code ConsumerConfig} names.
	 */
	private static final Set<String> PREFIXES = Set.of("metrics.jmx.", CommonClientConfigs.METRICS_CONTEXT_PREFIX);

	/**
	 * Settings that bring code of the user's into the client, beside those that end in
	 * {@code .class} or {@code .classes}. Such code may have settings of its own.
	 */
	private static final Set<String> CODE = Set.of(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG,
			ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, ConsumerConfig.SECURITY_PROVIDERS_CONFIG,
			AbstractConfig.CONFIG_PROVIDERS_CONFIG);

	private ClientSettingNames() {
	}

	/**
	 * Warn of names that mean nothing.
	 * @param consumerName the consumer's name
	 * @param properties the raw client settings
	 * @param customized whether a customizer may add code that reads them
	 */
	static void warn(String consumerName, Map<String, Object> properties, boolean customized) {
		if (customized || properties.keySet().stream().anyMatch(ClientSettingNames::isCode)) {
			return;
		}
		Set<String> known = ConsumerConfig.configNames();
		properties.keySet().stream().filter((name) -> !known.contains(name) && !isOfReporter(name)).forEach((name) -> {
			String nearest = KnownSettings.nearest(name, known);
			logger.warn("Consumer '{}': the Kafka client has no setting '{}', set as properties.{}{}", consumerName,
					name, name, (nearest != null) ? ": did you mean '" + nearest + "'?" : "");
		});
	}

	private static boolean isCode(String name) {
		return CODE.contains(name) || name.endsWith(".class") || name.endsWith(".classes");
	}

	private static boolean isOfReporter(String name) {
		return PREFIXES.stream().anyMatch(name::startsWith);
	}

}
