package io.baseplate.kafka.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Turns {@code ssl.bundle} of a consumer into settings of its Kafka client. A consumer
 * with a bundle always speaks TLS: {@code security.protocol} is {@code SSL} where the
 * user has not set it, or {@code SASL_SSL} where the user has set a login. Keys and
 * certificates come from the bundle alone.
 */
final class SslBundleSettings {

	private final @Nullable SslBundles bundles;

	SslBundleSettings(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Add the settings for a bundle to a user's raw settings.
	 * @param consumerName the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param bundleName the bundle, {@code null} or empty for none
	 * @param properties the user's raw client settings
	 * @return the raw settings, with those for the bundle where there is one
	 * @throws ConsumerConfigurationException where there is no such bundle, or the raw
	 * settings contradict it
	 */
	Map<String, Object> apply(String consumerName, @Nullable String bundleName, Map<String, Object> properties) {
		if (bundleName == null || bundleName.isBlank()) {
			return properties;
		}
		SslBundles known = this.bundles;
		if (known == null) {
			throw new ConsumerConfigurationException(consumerName, "ssl.bundle", bundleName,
					"the application has no SSL bundles", "define it under 'spring.ssl.bundle', or remove it");
		}
		checkExists(consumerName, bundleName, known);
		properties.forEach((key, value) -> checkCompatible(consumerName, bundleName, key, value));
		Map<String, Object> result = new LinkedHashMap<>();
		result.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, hasLogin(properties) ? "SASL_SSL" : "SSL");
		result.putAll(properties);
		result.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
		Supplier<SslBundle> current = () -> known.getBundle(bundleName);
		result.put(SslBundleSslEngineFactory.BUNDLE, current);
		return result;
	}

	private static void checkExists(String consumerName, String bundleName, SslBundles bundles) {
		try {
			bundles.getBundle(bundleName);
		}
		catch (NoSuchSslBundleException ex) {
			throw new ConsumerConfigurationException(consumerName, "ssl.bundle", bundleName,
					"there is no SSL bundle of that name",
					bundles.getBundleNames().isEmpty() ? "define it under 'spring.ssl.bundle'"
							: "use one of " + bundles.getBundleNames() + ", or define it under 'spring.ssl.bundle'");
		}
	}

	private static void checkCompatible(String consumerName, String bundleName, String key, Object value) {
		if (key.startsWith("ssl.keystore.") || key.startsWith("ssl.truststore.")
				|| key.equals(SslConfigs.SSL_KEY_PASSWORD_CONFIG)
				|| key.equals(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG)) {
			throw new ConsumerConfigurationException(consumerName, "properties." + key, null,
					"keys and certificates come from the SSL bundle '" + bundleName + "' alone",
					"remove it, or leave ssl.bundle empty");
		}
		String protocol = value.toString().strip().toUpperCase(Locale.ROOT);
		if (key.equals(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG) && !protocol.endsWith("SSL")) {
			throw new ConsumerConfigurationException(consumerName, "properties." + key, value.toString(),
					"with it the SSL bundle '" + bundleName + "' would not be used",
					"use 'SSL' or 'SASL_SSL', or leave ssl.bundle empty");
		}
	}

	private static boolean hasLogin(Map<String, Object> properties) {
		return properties.containsKey(SaslConfigs.SASL_JAAS_CONFIG)
				|| properties.containsKey(SaslConfigs.SASL_MECHANISM);
	}

}
