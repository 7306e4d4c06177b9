package io.baseplate.kafka.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.UserCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every property "per consumer" of docs/configuration.md, as the default of all consumers
 * and as the consumer's own, seen where it takes effect.
 */
class ConsumerPropertiesTests {

	private static final String OWN = "baseplate.kafka.consumers.link_consumer_v0.";

	private static final String SHARED = "baseplate.kafka.";

	private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| yes \\|");

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class, SslAutoConfiguration.class))
		.withUserConfiguration(Application.class);

	private final Map<String, String> base = new TreeMap<>(
			Map.of("spring.application.name", "link_service", SHARED + "bootstrap-servers", "any:1", SHARED + "topics",
					"any", SHARED + "auto-startup", "false", "spring.ssl.bundle.pem.mine.truststore.certificate", "",
					"spring.ssl.bundle.pem.other.truststore.certificate", ""));

	static Stream<PerConsumer> properties() {
		return Stream.of(
				new PerConsumer("bootstrap-servers", "own:1", "other:1", (seen) -> seen.settings().bootstrapServers(),
						"own:1"),
				new PerConsumer("mode", "fast", "in-order", (seen) -> seen.settings().mode(), ConsumerMode.FAST),
				new PerConsumer("group-id", "own.link_consumer_v0", "other.link_consumer_v0",
						(seen) -> seen.settings().groupId(), "own.link_consumer_v0"),
				new PerConsumer("topics", "one,two", "other", (seen) -> seen.settings().topics(),
						List.of("one", "two")),
				new PerConsumer("ordering", "key", "partition", (seen) -> seen.settings().ordering(), Ordering.KEY)
					.with(SHARED + "mode", "fast"),
				new PerConsumer("batch-size", "7", "8", (seen) -> seen.settings().batchSize(), 7),
				new PerConsumer("max-concurrency", "7", "8", (seen) -> seen.settings().maxConcurrency(), 7)
					.with(SHARED + "mode", "fast"),
				new PerConsumer("max-uncommitted", "7", "8", (seen) -> seen.settings().maxUncommitted(), 7),
				new PerConsumer("broker-away-after", "7s", "8s", (seen) -> seen.settings().brokerAwayAfter(),
						Duration.ofSeconds(7)),
				new PerConsumer("stop-timeout", "7s", "8s", (seen) -> seen.settings().stopTimeout(),
						Duration.ofSeconds(7)),
				new PerConsumer("commit", "interval", "continuous", (seen) -> seen.settings().commit(),
						CommitStrategy.INTERVAL),
				new PerConsumer("commit-interval", "7s", "8s", (seen) -> seen.settings().commitInterval(),
						Duration.ofSeconds(7)),
				new PerConsumer("on-failure", "restart", "shutdown", (seen) -> seen.settings().onFailure(),
						OnFailure.RESTART),
				new PerConsumer("break-liveness", "false", "true", Seen::breaksLiveness, false),
				new PerConsumer("restart-backoff.initial", "7s", "8s", (seen) -> seen.settings().restartInitial(),
						Duration.ofSeconds(7)),
				new PerConsumer("restart-backoff.max", "7s", "8s", (seen) -> seen.settings().restartMax(),
						Duration.ofSeconds(7)),
				new PerConsumer("unpacker", "mine", "other", (seen) -> seen.code().unpacker(), Application.MINE),
				new PerConsumer("health-check", "never", "always", (seen) -> seen.consumer().healthCheck(),
						Application.NEVER),
				new PerConsumer("client-name", "own", "other", (seen) -> seen.settings().clientName(), "own"),
				new PerConsumer("auto-offset-reset", "earliest", "none", (seen) -> seen.client("auto.offset.reset"),
						"earliest"),
				new PerConsumer("group-protocol", "consumer", "classic", (seen) -> seen.client("group.protocol"),
						"consumer"),
				new PerConsumer("missing-topics", "warn", "fail", (seen) -> seen.settings().missingTopicsFail(), false),
				new PerConsumer("auto-startup", "false", "true", (seen) -> seen.consumer().isAutoStartup(), false)
					.without(SHARED + "auto-startup"),
				new PerConsumer("ssl.bundle", "mine", "other", Seen::bundle, "mine"), new PerConsumer("properties",
						".fetch.min.bytes", "7", "8", (seen) -> seen.client("fetch.min.bytes"), "7"));
	}

	@ParameterizedTest
	@MethodSource("properties")
	void canBeSetForAllConsumersAndForOneWhichWins(PerConsumer property) {
		assertThat(seen(property, Map.of(SHARED + property.key(), property.value()))).as("for all")
			.isEqualTo(property.expected());
		assertThat(seen(property, Map.of(OWN + property.key(), property.value()))).as("for one")
			.isEqualTo(property.expected());
		assertThat(seen(property,
				Map.of(SHARED + property.key(), property.other(), OWN + property.key(), property.value())))
			.as("for both")
			.isEqualTo(property.expected());
		assertThat(seen(property, Map.of(OWN + property.key(), property.other()))).as("another value")
			.isNotEqualTo(property.expected());
	}

	@Test
	void noneIsLeftOut() throws IOException {
		Set<String> documented = Files.readAllLines(Path.of("..", "docs", "configuration.md"))
			.stream()
			.map(ROW::matcher)
			.filter(Matcher::find)
			.map((row) -> row.group(1))
			.collect(Collectors.toSet());
		assertThat(properties().map(PerConsumer::name)).containsExactlyInAnyOrderElementsOf(documented);
	}

	@ParameterizedTest
	@CsvSource({ ", , 25s", ", 28s, 28s", ", 29s, 28s", "10s, , 8s", "10s, 9s, 8s", "10s, 3s, 3s" })
	void stopTimeoutIsCutToTheShutdownPhase(String phase, String stopTimeout, String effective) {
		Map<String, String> properties = new TreeMap<>();
		if (phase != null) {
			properties.put("spring.lifecycle.timeout-per-shutdown-phase", phase);
		}
		if (stopTimeout != null) {
			properties.put(SHARED + "stop-timeout", stopTimeout);
		}
		PerConsumer property = new PerConsumer("stop-timeout", "", "", (seen) -> seen.settings().stopTimeout(), "");
		assertThat(seen(property, properties)).isEqualTo(DurationStyle.detectAndParse(effective));
	}

	private Object seen(PerConsumer property, Map<String, String> values) {
		Map<String, String> all = new TreeMap<>(this.base);
		all.putAll(property.more());
		all.keySet().removeAll(property.less());
		all.putAll(values);
		List<Object> result = new ArrayList<>();
		this.contextRunner.withPropertyValues(
				all.entrySet().stream().map((entry) -> entry.getKey() + "=" + entry.getValue()).toArray(String[]::new))
			.withInitializer((context) -> context.addBeanFactoryPostProcessor(
					// What should not start would only look for its brokers in vain.
					(beans) -> ((BeanDefinitionRegistry) beans).removeBeanDefinition("baseplateKafkaLifecycle")))
			.run((context) -> result.add(property.look().apply(new Seen(context))));
		return result.get(0);
	}

	/**
	 * A property and where its effect is seen.
	 *
	 * @param name the name in the documentation
	 * @param suffix what is appended to the name
	 * @param value a value that is not the default
	 * @param other another value
	 * @param look looks at the effect
	 * @param expected the effect of the value
	 * @param more what must be set besides
	 * @param less what must not be set
	 */
	record PerConsumer(String name, String suffix, String value, String other, Function<Seen, Object> look,
			Object expected, Map<String, String> more, Set<String> less) {

		PerConsumer(String name, String suffix, String value, String other, Function<Seen, Object> look,
				Object expected) {
			this(name, suffix, value, other, look, expected, Map.of(), Set.of());
		}

		PerConsumer(String name, String value, String other, Function<Seen, Object> look, Object expected) {
			this(name, "", value, other, look, expected);
		}

		PerConsumer with(String key, String value) {
			return new PerConsumer(this.name, this.suffix, this.value, this.other, this.look, this.expected,
					Map.of(key, value), this.less);
		}

		PerConsumer without(String key) {
			return new PerConsumer(this.name, this.suffix, this.value, this.other, this.look, this.expected, this.more,
					Set.of(key));
		}

		String key() {
			return this.name + this.suffix;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * The only consumer of a context.
	 *
	 * @param context the context
	 */
	record Seen(AssertableApplicationContext context) {

		QueueConsumer consumer() {
			return this.context.getBean(QueueConsumer.class);
		}

		ConsumerSettings settings() {
			consumer();
			return this.context.getBean(Application.class).settings.get(0);
		}

		Object client(String name) {
			consumer();
			return this.context.getBean(Application.class).client.get(name);
		}

		UserCode code() {
			Object engine = ReflectionTestUtils.getField(consumer(), "engine");
			return (UserCode) ReflectionTestUtils.getField(engine, "code");
		}

		Object bundle() {
			Object supplier = client(SslBundleSslEngineFactory.BUNDLE);
			if (supplier == null) {
				return null;
			}
			Object bundle = ((Supplier<?>) supplier).get();
			SslBundles bundles = this.context.getBean(SslBundles.class);
			return bundles.getBundleNames()
				.stream()
				.filter((name) -> bundles.getBundle(name) == bundle)
				.findFirst()
				.orElseThrow();
		}

		boolean breaksLiveness() {
			this.context.getBean(ConsumerListener.class)
				.failed(consumer(), new Failure("a handler threw", null, -1, null), false);
			return !this.context.getBean(Application.class).changes.isEmpty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		static final MessageUnpacker MINE = (message, type) -> "mine";

		static final ConsumerHealthCheck NEVER = (status) -> false;

		final List<ConsumerSettings> settings = new ArrayList<>();

		final Map<String, Object> client = new TreeMap<>();

		final List<AvailabilityChangeEvent<?>> changes = new ArrayList<>();

		@KafkaMessageHandler("link_consumer_v0")
		void handle(byte[] body) {
		}

		@EventListener
		void availabilityChanged(AvailabilityChangeEvent<?> change) {
			this.changes.add(change);
		}

		@Bean
		Function<ConsumerSettings, ConsumerTelemetry> telemetry() {
			return (settings) -> {
				this.settings.add(settings);
				return ConsumerTelemetry.NOOP;
			};
		}

		@Bean
		KafkaClientCustomizer customizer() {
			return (name, settings) -> this.client.putAll(settings);
		}

		@Bean
		MessageUnpacker mine() {
			return MINE;
		}

		@Bean
		MessageUnpacker other() {
			return (message, type) -> "other";
		}

		@Bean
		ConsumerHealthCheck never() {
			return NEVER;
		}

		@Bean
		ConsumerHealthCheck always() {
			return (status) -> true;
		}

	}

}
