package io.baseplate.kafka.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.KafkaClientOptions;
import io.baseplate.kafka.consumer.KafkaClientSettings;
import io.baseplate.kafka.devbroker.DevBroker;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SslBundleSslEngineFactory} on a broker that asks its clients for a
 * certificate.
 */
class SslBundleBrokerTests {

	private static final String PASSWORD = "test-password";

	@TempDir
	private static Path directory;

	private static DevBroker broker;

	@BeforeAll
	static void startBroker() throws Exception {
		makeKey("server");
		makeKey("client");
		makeKey("stranger");
		trust("server-trust", "client");
		trust("server-trust", "server");
		trust("stranger-trust", "stranger");
		trust("client-trust", "server");
		Map<String, String> stores = Map.of("ssl.keystore.location", store("server"), "ssl.keystore.password", PASSWORD,
				"ssl.key.password", PASSWORD, "ssl.keystore.type", "PKCS12");
		DevBroker.Builder builder = DevBroker.builder()
			.property("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENTS:SSL")
			.property("ssl.client.auth", "required")
			.properties(stores)
			// The broker is a client of its own.
			.property("ssl.truststore.location", store("server-trust"))
			.property("ssl.truststore.password", PASSWORD)
			.property("ssl.truststore.type", "PKCS12")
			.adminProperty("security.protocol", "SSL")
			.adminProperty("ssl.truststore.location", store("client-trust"))
			.adminProperty("ssl.truststore.password", PASSWORD)
			.adminProperty("ssl.keystore.location", store("client"))
			.adminProperty("ssl.keystore.password", PASSWORD);
		broker = builder.build().start();
		broker.createTopic("new_links", 2);
	}

	@AfterAll
	static void stopBroker() {
		broker.close();
	}

	@Test
	void connectsWithTheBundlesKeyAndCertificates() {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("kafka",
				bundle("client", "client-trust", SslOptions.NONE));
		assertThat(partitions(bundles)).hasSize(2);
	}

	@Test
	void honoursTheBundlesOptions() {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("kafka",
				bundle("client", "client-trust", SslOptions.of(Set.of("TLS_AES_256_GCM_SHA384"), Set.of("TLSv1.3"))));
		assertThat(partitions(bundles)).hasSize(2);
		SslBundleSslEngineFactory factory = new SslBundleSslEngineFactory();
		factory.configure(new SslBundleSettings(bundles).apply("any", "kafka", Map.of()));
		assertThat(factory.createClientSslEngine("localhost", 1, "https")).satisfies((engine) -> {
			assertThat(engine.getUseClientMode()).isTrue();
			assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3");
			assertThat(engine.getEnabledCipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");
			assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm()).isEqualTo("https");
		});
	}

	@Test
	void brokerRefusesAnotherKey() {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("kafka",
				bundle("stranger", "client-trust", SslOptions.NONE));
		assertThatExceptionOfType(SslAuthenticationException.class).isThrownBy(() -> partitions(bundles));
	}

	@Test
	void clientRefusesAnUnknownBroker() {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("kafka",
				bundle("client", "stranger-trust", SslOptions.NONE));
		assertThatExceptionOfType(SslAuthenticationException.class).isThrownBy(() -> partitions(bundles));
	}

	@Test
	void takesAnUpdatedBundleWithoutANewClient() {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("kafka",
				bundle("stranger", "client-trust", SslOptions.NONE));
		try (Client client = new Client(bundles)) {
			assertThatExceptionOfType(SslAuthenticationException.class).isThrownBy(client::partitions);
			bundles.updateBundle("kafka", bundle("client", "client-trust", SslOptions.NONE));
			assertThat(client.partitions()).hasSize(2);
		}
	}

	private static List<PartitionInfo> partitions(DefaultSslBundleRegistry bundles) {
		try (Client client = new Client(bundles)) {
			return client.partitions();
		}
	}

	private static SslBundle bundle(String keys, String trusted, SslOptions options) {
		JksSslStoreDetails keyStore = new JksSslStoreDetails("PKCS12", null, "file:" + store(keys), PASSWORD);
		JksSslStoreDetails trustStore = new JksSslStoreDetails("PKCS12", null, "file:" + store(trusted), PASSWORD);
		return SslBundle.of(new JksSslStoreBundle(keyStore, trustStore), SslBundleKey.NONE, options);
	}

	private static void makeKey(String name) throws IOException, InterruptedException {
		keytool("-genkeypair", "-alias", name, "-keyalg", "RSA", "-keystore", store(name), "-dname", "CN=" + name,
				"-ext", "SAN=dns:localhost,ip:127.0.0.1", "-validity", "2");
		keytool("-exportcert", "-alias", name, "-keystore", store(name), "-file", certificate(name));
	}

	private static void trust(String store, String name) throws IOException, InterruptedException {
		keytool("-importcert", "-noprompt", "-alias", name, "-keystore", store(store), "-file", certificate(name));
	}

	private static void keytool(String... arguments) throws IOException, InterruptedException {
		Path log = Files.createTempFile(directory, "keytool", ".log");
		ProcessBuilder keytool = new ProcessBuilder(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
		keytool.command().addAll(List.of(arguments));
		keytool.command().addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
		int exit = keytool.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
		assertThat(exit).as(() -> read(log)).isZero();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private static String store(String name) {
		return directory.resolve(name + ".p12").toString();
	}

	private static String certificate(String name) {
		return directory.resolve(name + ".crt").toString();
	}

	/**
	 * A Kafka client of a consumer with the bundle {@code kafka}.
	 */
	private static final class Client implements AutoCloseable {

		private final Consumer<byte[], byte[]> kafka;

		Client(DefaultSslBundleRegistry bundles) {
			ConsumerSettings settings = ConsumerSettings
				.inOrder("kafka_consumer.links", "service.links", List.of("new_links"))
				.build();
			Map<String, Object> properties = new SslBundleSettings(bundles).apply(settings.name(), "kafka",
					new HashMap<>());
			this.kafka = KafkaClientSettings.open(settings, KafkaClientSettings.build(settings,
					new KafkaClientOptions(broker.bootstrapServers(), "latest", "classic", properties, List.of())));
		}

		List<PartitionInfo> partitions() {
			return this.kafka.partitionsFor("new_links", Duration.ofSeconds(20));
		}

		@Override
		public void close() {
			this.kafka.close(CloseOptions.timeout(Duration.ofSeconds(1)));
		}

	}

}
