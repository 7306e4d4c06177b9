package io.baseplate.kafka.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.baseplate.kafka.KafkaClientCustomizer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link KafkaClientSettings} and {@link KafkaClientSettingsCheck}.
 */
class KafkaClientSettingsTests {

	private static final String NAME = "kafka_consumer.links";

	private final ConsumerSettings settings = ConsumerSettings.inOrder(NAME, "service.links", List.of("new_links"))
		.bootstrapServers("localhost:9092")
		.batchSize(7)
		.build();

	@Test
	void hasTheDefaultsOfTheContract() {
		Map<String, Object> built = KafkaClientSettings.build(this.settings, KafkaClientOptions.of("localhost:9092"));
		assertThat(built).containsEntry("bootstrap.servers", "localhost:9092")
			.containsEntry("group.id", "service.links")
			.containsEntry("group.protocol", "classic")
			.containsEntry("enable.auto.commit", false)
			.containsEntry("max.poll.records", 7)
			.containsEntry("key.deserializer", ByteArrayDeserializer.class)
			.containsEntry("value.deserializer", ByteArrayDeserializer.class)
			.containsEntry("partition.assignment.strategy", CooperativeStickyAssignor.class.getName())
			.containsEntry("heartbeat.interval.ms", 3000)
			.containsEntry("session.timeout.ms", 10_000)
			.containsEntry("max.poll.interval.ms", 300_000)
			.containsEntry("allow.auto.create.topics", false)
			.containsEntry("isolation.level", "read_committed")
			.containsEntry("auto.offset.reset", "latest")
			.containsKey("client.id")
			.hasSize(15);
		assertThat(new ConsumerConfig(built).unused()).isNotNull();
	}

	@Test
	void readsNoMoreThanMayBeUncommitted() {
		ConsumerSettings few = ConsumerSettings.fast(NAME, "service.links", List.of("new_links"))
			.batchSize(100)
			.maxUncommitted(10)
			.build();
		assertThat(KafkaClientSettings.build(few, KafkaClientOptions.of("a:1"))).containsEntry("max.poll.records", 10);
	}

	@Test
	void namesEveryClientDifferently() {
		Object first = build(Map.of()).get("client.id");
		Object second = build(Map.of()).get("client.id");
		assertThat(first).isNotEqualTo(second);
		assertThat(first.toString()).startsWith("service.links-");
		assertThat(build(Map.of("group.instance.id", "pod-3"))).containsEntry("client.id", "service.links-pod-3");
		assertThat(build(Map.of("client.id", "mine"))).containsEntry("client.id", "mine");
	}

	@ParameterizedTest
	@ValueSource(strings = { "latest", "earliest", "none", "by_duration:P1D", "by_duration:PT0S", " Latest ",
			"by_duration:pt5s" })
	void takesAutoOffsetReset(String value) {
		Map<String, Object> built = KafkaClientSettings.build(this.settings,
				new KafkaClientOptions("a:1", value, "classic", Map.of(), List.of()));
		assertThat(new ConsumerConfig(built).getString("auto.offset.reset")).isEqualToIgnoringCase(value.strip());
	}

	@Test
	void knowsHowFarBackAClientBegins() {
		assertThat(KafkaClientSettings.resetDuration(Map.of())).isNull();
		assertThat(KafkaClientSettings.resetDuration(Map.of("auto.offset.reset", "earliest"))).isNull();
		assertThat(KafkaClientSettings.resetDuration(Map.of("auto.offset.reset", " by_duration:pt1h ")))
			.isEqualTo(Duration.ofHours(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "newest", "by_duration:", "by_duration:1d", "by_duration:-P1D", "smallest" })
	void refusesOtherAutoOffsetReset(String value) {
		ConsumerConfigurationException refused = refused(
				new KafkaClientOptions("a:1", value, "classic", Map.of(), List.of()));
		assertThat(refused.property()).isEqualTo("auto-offset-reset");
		assertThat(refused.value()).isEqualTo(value);
		assertThat(refused.remedy()).contains("'earliest'", "'by_duration:P1D'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "share", "streams", "consumer2" })
	void refusesOtherGroupProtocol(String value) {
		ConsumerConfigurationException refused = refused(
				new KafkaClientOptions("a:1", "latest", value, Map.of(), List.of()));
		assertThat(refused.property()).isEqualTo("group-protocol");
		assertThat(refused.remedy()).isEqualTo("use 'classic' or 'consumer'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "localhost", "localhost:", ":9092", "a:1,,b:2", "a:1,b", "a b:1", "a:port" })
	void refusesBootstrapServersThatAreNone(String value) {
		ConsumerConfigurationException refused = refused(KafkaClientOptions.of(value));
		assertThat(refused.property()).isEqualTo("bootstrap-servers");
		assertThat(refused.remedy()).contains("'localhost:9092'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a:1", "a:1, b-c.d:2", "[::1]:9092", "PLAINTEXT://a:1", "127.0.0.1:9092" })
	void takesBootstrapServers(String value) {
		assertThat(KafkaClientSettings.build(this.settings, KafkaClientOptions.of(value)))
			.containsEntry("bootstrap.servers", value);
	}

	@Test
	void rawSettingsWinOverOurs() {
		Map<String, Object> built = build(Map.of("session.timeout.ms", "20000", "heartbeat.interval.ms", 5000,
				"max.poll.interval.ms", "60000", "isolation.level", "read_uncommitted", "auto.offset.reset", "earliest",
				"fetch.min.bytes", 10, "my.interceptor.setting", "x"));
		assertThat(built).containsEntry("session.timeout.ms", "20000")
			.containsEntry("heartbeat.interval.ms", 5000)
			.containsEntry("isolation.level", "read_uncommitted")
			.containsEntry("auto.offset.reset", "earliest")
			.containsEntry("fetch.min.bytes", 10)
			.containsEntry("my.interceptor.setting", "x");
		assertThat(KafkaClientSettings.sessionTimeout(built)).isEqualTo(Duration.ofSeconds(20));
		assertThat(KafkaClientSettings.maxPollInterval(built)).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	void timesAreKafkasWhereNoneIsSet() {
		assertThat(KafkaClientSettings.sessionTimeout(Map.of())).isEqualTo(Duration.ofSeconds(45));
		assertThat(KafkaClientSettings.maxPollInterval(Map.of())).isEqualTo(Duration.ofMinutes(5));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			enable.auto.commit             | true                   | commit
			enable.auto.commit             | yes                    | commit
			auto.commit.interval.ms        | 1000                   | commit-interval
			group.id                       | other.links            | group-id
			key.deserializer               | org.apache.kafka.common.serialization.StringDeserializer | remove
			value.deserializer             | org.example.NoSuchClass | unpacker
			max.poll.records               | 500                    | batch-size
			bootstrap.servers              | elsewhere:9092         | bootstrap-servers
			group.protocol                 | consumer               | group-protocol
			group.remote.assignor          | uniform                | group-protocol
			share.acknowledgement.mode     | explicit               | remove
			session.timeout.ms             | ten                    | '45000'
			max.poll.interval.ms           | 5m                     | '300000'
			max.poll.interval.ms           | 0                      | '300000'
			isolation.level                | READ_COMMITTED         | 'read_uncommitted'
			auto.offset.reset              | newest                 | 'latest'
			heartbeat.interval.ms          | 10000                  | 3333
			""")
	void refusesRawSettingByName(String key, String value, String remedy) {
		ConsumerConfigurationException refused = refused(options(Map.of(key, value)));
		assertThat(refused.consumer()).isEqualTo(NAME);
		assertThat(refused.property()).isEqualTo("properties." + key);
		assertThat(refused.value()).isEqualTo(value);
		assertThat(refused.problem()).isNotBlank();
		assertThat(refused.remedy()).contains(remedy);
	}

	@Test
	void refusesTypedValues() {
		assertThat(refused(options(Map.of("enable.auto.commit", true))).value()).isEqualTo("true");
		assertThat(refused(options(Map.of("value.deserializer", StringDeserializer.class))).value())
			.isEqualTo(StringDeserializer.class.getName());
		assertThat(refused(options(Map.of("max.poll.records", 8))).value()).isEqualTo("8");
	}

	@Test
	void hidesSecretValues() {
		assertThat(refused(options(Map.of("ssl.key.password", 12345)))).hasMessageContaining("[hidden]")
			.hasMessageNotContaining("12345");
	}

	@Test
	void leavesValuesOfConfigProvidersToKafka(@TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("kafka.properties"), "timeout=20000");
		String value = "${file:" + file + ":timeout}";
		Map<String, Object> built = build(Map.of("config.providers", "file", "config.providers.file.class",
				FileConfigProvider.class.getName(), "session.timeout.ms", value));
		assertThat(built).containsEntry("session.timeout.ms", value);
		assertThat(KafkaClientSettings.sessionTimeout(built)).isEqualTo(Duration.ofSeconds(20));
	}

	@Test
	void takesTheValuesThatWeHaveAnyhow() {
		Map<String, Object> same = new HashMap<>();
		same.put("enable.auto.commit", " FALSE ");
		same.put("group.id", "service.links");
		same.put("key.deserializer", ByteArrayDeserializer.class.getName());
		same.put("value.deserializer", ByteArrayDeserializer.class);
		same.put("max.poll.records", "7");
		same.put("bootstrap.servers", List.of("127.0.0.1:1"));
		same.put("group.protocol", "CLASSIC");
		assertThat(build(same)).containsAllEntriesOf(same);
	}

	@Test
	void customizersEditLastAndInOrder() {
		KafkaClientCustomizer first = (name, settings) -> {
			assertThat(name).isEqualTo(NAME);
			assertThat(settings).containsEntry("fetch.min.bytes", 10).containsKey("client.id");
			settings.put("fetch.min.bytes", 11);
			settings.put("client.id", "first");
		};
		KafkaClientCustomizer second = (name, settings) -> {
			assertThat(settings).containsEntry("fetch.min.bytes", 11);
			settings.remove("isolation.level");
			settings.put("enable.auto.commit", "false");
		};
		Map<String, Object> built = KafkaClientSettings.build(this.settings, new KafkaClientOptions("a:1", "latest",
				"classic", Map.of("fetch.min.bytes", 10), List.of(first, second)));
		assertThat(built).containsEntry("fetch.min.bytes", 11)
			.containsEntry("client.id", "first")
			.doesNotContainKey("isolation.level");
	}

	@Test
	void namesACustomizerThatThrows() {
		IllegalStateException thrown = new IllegalStateException("no tenant");
		KafkaClientCustomizer broken = (name, settings) -> {
			throw thrown;
		};
		ConsumerConfigurationException refused = refused(
				new KafkaClientOptions("a:1", "latest", "classic", Map.of(), List.of(broken)));
		assertThat(refused.consumer()).isEqualTo(NAME);
		assertThat(refused.problem()).contains(broken.getClass().getName())
			.contains("IllegalStateException: no tenant");
		assertThat(refused).hasCause(thrown);
	}

	@Test
	void refusesWhatACustomizerBreaksAndNamesIt() {
		KafkaClientCustomizer breaks = new BreakingCustomizer();
		ConsumerConfigurationException refused = refused(
				new KafkaClientOptions("a:1", "latest", "classic", Map.of(), List.of(breaks)));
		assertThat(refused.property()).isEqualTo("properties.enable.auto.commit");
		assertThat(refused.problem()).contains(BreakingCustomizer.class.getName());
		ConsumerConfigurationException removed = refused(new KafkaClientOptions("a:1", "latest", "classic", Map.of(),
				List.of((name, settings) -> settings.clear())));
		assertThat(removed.value()).isNull();
	}

	@Test
	void leavesTheClassicSettingsOutWithConsumerProtocol() {
		Map<String, Object> built = KafkaClientSettings.build(this.settings, new KafkaClientOptions("a:1", "latest",
				"Consumer", Map.of("group.remote.assignor", "uniform"), List.of()));
		assertThat(built).containsEntry("group.protocol", "consumer")
			.containsEntry("group.remote.assignor", "uniform")
			.doesNotContainKeys("partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms");
		assertThat(new ConsumerConfig(built).getString("group.protocol")).isEqualTo("consumer");
		assertThat(KafkaClientSettings.sessionTimeout(built)).isEqualTo(Duration.ofSeconds(15));
	}

	@ParameterizedTest
	@ValueSource(strings = { "partition.assignment.strategy", "heartbeat.interval.ms", "session.timeout.ms" })
	void refusesTheClassicSettingsWithConsumerProtocol(String key) {
		ConsumerConfigurationException refused = refused(
				new KafkaClientOptions("a:1", "latest", "consumer", Map.of(key, "3000"), List.of()));
		assertThat(refused.property()).isEqualTo("properties." + key);
		assertThat(refused.problem()).contains("KIP-848");
		assertThat(refused.remedy()).contains("set group-protocol to 'classic'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.apache.kafka.clients.consumer.RangeAssignor",
			"org.apache.kafka.clients.consumer.CooperativeStickyAssignor, org.apache.kafka.clients.consumer.RoundRobinAssignor",
			"org.apache.kafka.clients.consumer.StickyAssignor" })
	void warnsOfEagerAssignor(String assignors) {
		assertThat(warnings(Map.of("partition.assignment.strategy", assignors))).singleElement()
			.asString()
			.contains(NAME, "Assignor", "eagerly");
	}

	@Test
	void warnsOfTopicCreation() {
		assertThat(warnings(Map.of("allow.auto.create.topics", true))).singleElement()
			.asString()
			.contains("allow.auto.create.topics");
	}

	@Test
	void warnsOfNothingByDefault() {
		assertThat(warnings(Map.of())).isEmpty();
	}

	@Test
	void openSaysThatNoBrokerCanBeFound() {
		Map<String, Object> built = KafkaClientSettings.build(this.settings,
				KafkaClientOptions.of("no-such-host.invalid:9092"));
		assertThatExceptionOfType(ConsumerStartException.class)
			.isThrownBy(() -> KafkaClientSettings.open(this.settings, built))
			.satisfies((failure) -> {
				assertThat(failure.reason()).isEqualTo(ConsumerStartException.Reason.NO_METADATA);
				assertThat(failure.problem()).isEqualTo("failed getting metadata from localhost:9092");
			});
	}

	@Test
	void openSaysWhatTheClientRefuses() {
		Map<String, Object> built = build(
				Map.of("security.protocol", "SSL", "ssl.truststore.location", "/no/such/truststore.jks"));
		assertThatExceptionOfType(ConsumerStartException.class)
			.isThrownBy(() -> KafkaClientSettings.open(this.settings, built))
			.satisfies((failure) -> {
				assertThat(failure.reason()).isEqualTo(ConsumerStartException.Reason.CLIENT_SETTINGS);
				assertThat(failure.problem()).contains("/no/such/truststore.jks");
			});
	}

	@Test
	void opensAClient() {
		KafkaClientSettings.open(this.settings, build(Map.of())).close();
	}

	private Map<String, Object> build(Map<String, Object> properties) {
		return KafkaClientSettings.build(this.settings, options(properties));
	}

	private static KafkaClientOptions options(Map<String, Object> properties) {
		return new KafkaClientOptions("127.0.0.1:1", "latest", "classic", new LinkedHashMap<>(properties), List.of());
	}

	private ConsumerConfigurationException refused(KafkaClientOptions options) {
		ConsumerConfigurationException refused = catchThrowableOfType(ConsumerConfigurationException.class,
				() -> KafkaClientSettings.build(this.settings, options));
		assertThat(refused).isNotNull();
		return refused;
	}

	private List<String> warnings(Map<String, Object> properties) {
		Logger logger = (Logger) LoggerFactory.getLogger(KafkaClientSettingsCheck.class);
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		logger.addAppender(appender);
		try {
			build(properties);
		}
		finally {
			logger.detachAppender(appender);
		}
		return new ArrayList<>(appender.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	/**
	 * Switches automatic commits on.
	 */
	static final class BreakingCustomizer implements KafkaClientCustomizer {

		@Override
		public void customize(String consumerName, Map<String, Object> settings) {
			settings.put("enable.auto.commit", true);
		}

	}

}
