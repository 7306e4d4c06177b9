package io.baseplate.kafka.autoconfigure;

import java.util.Map;

import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link SslBundleSettings}.
 */
class SslBundleSettingsTests {

	private static final String NAME = "kafka_consumer.links";

	private final SslBundleSettings settings = new SslBundleSettings(
			new DefaultSslBundleRegistry("kafka", SslBundle.of(SslStoreBundle.NONE)));

	@Test
	void withoutBundleNothingChanges() {
		Map<String, Object> properties = Map.of("ssl.truststore.location", "/some/where");
		assertThat(this.settings.apply(NAME, null, properties)).isSameAs(properties);
		assertThat(this.settings.apply(NAME, " ", properties)).isSameAs(properties);
		assertThat(new SslBundleSettings(null).apply(NAME, null, properties)).isSameAs(properties);
	}

	@Test
	void bundleMeansTls() {
		assertThat(this.settings.apply(NAME, "kafka", Map.of("fetch.min.bytes", 1)))
			.containsEntry("security.protocol", "SSL")
			.containsEntry("ssl.engine.factory.class", SslBundleSslEngineFactory.class)
			.containsEntry("fetch.min.bytes", 1)
			.containsKey(SslBundle.class.getName());
	}

	@Test
	void bundleAndLoginMeanLoginOverTls() {
		assertThat(this.settings.apply(NAME, "kafka", Map.of("sasl.mechanism", "PLAIN")))
			.containsEntry("security.protocol", "SASL_SSL");
		assertThat(this.settings.apply(NAME, "kafka", Map.of("sasl.mechanism", "PLAIN", "security.protocol", "ssl")))
			.containsEntry("security.protocol", "ssl");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PLAINTEXT", "sasl_plaintext" })
	void refusesProtocolThatWouldIgnoreTheBundle(String protocol) {
		ConsumerConfigurationException refused = refused(this.settings, "kafka", Map.of("security.protocol", protocol));
		assertThat(refused.property()).isEqualTo("properties.security.protocol");
		assertThat(refused.remedy()).contains("'SASL_SSL'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ssl.keystore.location", "ssl.truststore.password", "ssl.key.password",
			"ssl.engine.factory.class" })
	void refusesKeysBesideTheBundle(String key) {
		ConsumerConfigurationException refused = refused(this.settings, "kafka", Map.of(key, "a-secret"));
		assertThat(refused.property()).isEqualTo("properties." + key);
		assertThat(refused).hasMessageNotContaining("a-secret");
	}

	@Test
	void refusesBundleThatIsNotThere() {
		ConsumerConfigurationException refused = refused(this.settings, "kafak", Map.of());
		assertThat(refused.property()).isEqualTo("ssl.bundle");
		assertThat(refused.value()).isEqualTo("kafak");
		assertThat(refused.remedy()).contains("[kafka]", "spring.ssl.bundle");
		assertThat(refused(new SslBundleSettings(null), "kafka", Map.of()).property()).isEqualTo("ssl.bundle");
		assertThat(refused(new SslBundleSettings(new DefaultSslBundleRegistry()), "kafka", Map.of()).remedy())
			.contains("spring.ssl.bundle");
	}

	private static ConsumerConfigurationException refused(SslBundleSettings settings, String bundle,
			Map<String, Object> properties) {
		ConsumerConfigurationException refused = catchThrowableOfType(ConsumerConfigurationException.class,
				() -> settings.apply(NAME, bundle, properties));
		assertThat(refused).isNotNull();
		return refused;
	}

}
