package io.baseplate.kafka.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.ConsumerNaming;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerStartException;
import io.baseplate.kafka.consumer.ConsumerStartException.Reason;
import io.baseplate.kafka.consumer.KafkaClientOptions;
import io.baseplate.kafka.consumer.KafkaClientSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link ConsumerConfigurationFailureAnalyzer},
 * {@link ConsumerStartFailureAnalyzer} and {@link UnknownValueFailureAnalyzer}, as an
 * application that fails to start shows them.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzersTests {

	private static final String NAME = "kafka_consumer.link_consumer_v0";

	@TempDir
	private Path directory;

	@Test
	void groupIdOfTheConsumerInYaml(CapturedOutput output) {
		fail("""
				baseplate.kafka:
				  consumers:
				    link_consumer_v0:
				      mode: in-order
				      group-id: service.link_consumer
				""", () -> ConsumerNaming.check(NAME, "service.link_consumer"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The Kafka consumer 'kafka_consumer.link_consumer_v0' cannot be made because of its group-id:")
			.contains("Property: baseplate.kafka.consumers.link_consumer_v0.group-id")
			.contains("Value: \"service.link_consumer\"")
			.contains("application.yml] - 5:17")
			.contains("Reason: The {group_name} in {service_name}.{group_name} must be")
			.contains("Use 'service.link_consumer_v0', or name the consumer 'kafka_consumer.link_consumer'.")
			.contains("The property to change is 'baseplate.kafka.consumers.link_consumer_v0.group-id'");
	}

	@Test
	void groupIdInTheEnvironment(CapturedOutput output) {
		fail("", Map.of("BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_GROUPID", "link_consumer"),
				() -> ConsumerNaming.check(NAME, "link_consumer"));
		assertThat(output).contains("Property: baseplate.kafka.consumers.link_consumer_v0.group-id")
			.contains("BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_GROUPID")
			.contains("Use 'link_consumer.link_consumer_v0'.");
	}

	@Test
	void mistakesInTheAnnotationNameNoProperty(CapturedOutput output) {
		fail("", () -> {
			throw new ConsumerConfigurationException(NAME, "@KafkaMessageHandler", null,
					"the method Links.processLinks cannot be a handler: it is private", "make it package-private");
		});
		assertThat(output).contains("because of @KafkaMessageHandler")
			.contains("Reason: The method Links.processLinks cannot be a handler: it is private")
			.contains("Make it package-private.")
			.doesNotContain("The property to change");
	}

	@Test
	void groupNameWithDots(CapturedOutput output) {
		fail("""
				baseplate.kafka.consumers:
				  "[b.c]":
				    group-id: a.c
				""", () -> ConsumerNaming.check("kafka_consumer.b.c", "a.c"));
		assertThat(output).contains("Property: baseplate.kafka.consumers[b.c].group-id").contains("- 3:15");
	}

	@Test
	void defaultOfAllConsumers(CapturedOutput output) {
		fail("""
				baseplate.kafka:
				  properties:
				    enable.auto.commit: true
				""", () -> build(Map.of("enable.auto.commit", "true")));
		assertThat(output).contains("Property: baseplate.kafka.properties.enable.auto.commit")
			.contains("Value: \"true\"")
			.contains("application.yml] - 3:25")
			.contains("Remove it, and use commit to say when offsets are committed.");
	}

	@Test
	void theConsumersOwnPropertyWins(CapturedOutput output) {
		fail("""
				baseplate.kafka:
				  properties.max.poll.records: 5
				  consumers.link_consumer_v0.properties.max.poll.records: 7
				""", () -> build(Map.of("max.poll.records", "7")));
		assertThat(output).contains("Property: baseplate.kafka.consumers.link_consumer_v0.properties.max.poll.records")
			.contains("application.yml] - 3:59");
	}

	@Test
	void serviceNameFromTheApplicationsName(CapturedOutput output) {
		fail("spring.application.name: link.service", () -> ConsumerNaming.checkServiceName(NAME, "link.service"));
		assertThat(output).contains("Property: spring.application.name")
			.contains("application.yml] - 1:26")
			.contains("Use 'link_service'.");
	}

	@Test
	void serviceNameThatIsMissing(CapturedOutput output) {
		fail("", () -> ConsumerNaming.checkServiceName(NAME, ""));
		assertThat(output).contains("Property: baseplate.kafka.service-name")
			.contains("Use a name such as 'link_service'. The property to change is 'baseplate.kafka.service-name'");
	}

	@Test
	void topicsAsAList(CapturedOutput output) {
		fail("""
				baseplate.kafka.consumers.link_consumer_v0.topics:
				  - new_links
				  -
				""", () -> {
			throw new ConsumerConfigurationException(NAME, "topics", "[new_links, ]", "a topic is empty", "name one");
		}, (definition) -> definition.setDescription("@KafkaMessageHandler on Links.processLinks"));
		assertThat(output).contains("Property: baseplate.kafka.consumers.link_consumer_v0.topics")
			.contains("application.yml] - 2:5");
	}

	@Test
	void topicsOfTheAnnotationAreNotTakenForTheDefaultOfAll(CapturedOutput output) {
		fail("baseplate.kafka.topics: other_links", () -> {
			throw new ConsumerConfigurationException(NAME, "topics", "[new_links, ]", "a topic is empty", "name one");
		}, (definition) -> definition.setDescription("@KafkaMessageHandler on Links.processLinks"));
		assertThat(output).contains("Property: baseplate.kafka.consumers.link_consumer_v0.topics")
			.contains("Set by: @KafkaMessageHandler on Links.processLinks");
	}

	@Test
	void missingTopicsNameTheAnnotatedMethod(CapturedOutput output) {
		fail("", () -> ConsumerSettings.inOrder(NAME, "service.link_consumer_v0", List.of()).build(),
				(definition) -> definition.setDescription("@KafkaMessageHandler on Links.processLinks"));
		assertThat(output).contains("Value: (none)")
			.contains("Set by: nothing, for @KafkaMessageHandler on Links.processLinks")
			.contains("Name at least one topic, such as 'new_links'. The property to change is "
					+ "'baseplate.kafka.consumers.link_consumer_v0.topics'");
	}

	@Test
	void valueThatDoesNotExist(CapturedOutput output) {
		fail("""
				baseplate.kafka:
				  consumers:
				    link_consumer_v0:
				      mode: ordered
				""", Handlers.class, (context) -> {
		});
		assertThat(output)
			.contains("The property 'baseplate.kafka.consumers.link_consumer_v0.mode' has a value that does not exist")
			.contains("Value: \"ordered\"")
			.contains("application.yml] - 4:13")
			.contains("Set 'baseplate.kafka.consumers.link_consumer_v0.mode' to one of in-order, fast.")
			.doesNotContain("IN_ORDER");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "commit | each-message, continuous, interval (in order), read, processed (fast)",
					"on-failure | stop, shutdown, restart", "ordering | none, key, partition",
					"missing-topics | fail, warn", "observation.style | observation, lean, none",
					"consumers.[b.c].mode | in-order, fast" })
	void valuesAreWrittenAsInTheDocumentation(String property, String values, CapturedOutput output) {
		fail("\"baseplate.kafka." + property + "\": perhaps", Handlers.class, (context) -> {
		});
		assertThat(output)
			.contains("Set 'baseplate.kafka." + property.replace(".[", "[") + "' to one of " + values + ".");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "in-order | each-message, continuous, interval", "fast | read, processed" })
	void onlyTheStrategiesOfTheConsumersModeAreAdvised(String mode, String values, CapturedOutput output) {
		fail("""
				baseplate.kafka.consumers.link_consumer_v0:
				  mode: %s
				  commit: each
				""".formatted(mode), Handlers.class, (context) -> {
		});
		assertThat(output)
			.contains("Set 'baseplate.kafka.consumers.link_consumer_v0.commit' to one of " + values + ".");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "consumers.link_consumer_v0.batch-size | many | a whole number, such as 16",
			"batch-size | 2147483648 | a whole number, such as 16, of at most 2147483647",
			"dev-broker.port | any | a whole number",
			"consumers.link_consumer_v0.stop-timeout | soon | a duration, such as",
			"consumers.link_consumer_v0.auto-startup | maybe | true or false",
			"consumers.[b.c].commit-interval | 5 apples | a duration",
			"consumers.link_consumer_v0.restart-backoff | 5s | no value of its own, but these beneath it: initial, max",
			"consumers.link_consumer_v0.properties | acks | names and values beneath it",
			"consumers.link_consumer_v0 | new_links | no value of its own",
			"consumers | link_consumer_v0 | each consumer stands under its group name" })
	void valueThatCannotBeConverted(String property, String value, String takes, CapturedOutput output) {
		fail("\"baseplate.kafka." + property + "\": " + value, Handlers.class, (context) -> {
		});
		String name = "baseplate.kafka." + property.replace(".[", "[");
		assertThat(output).contains("The property '" + name + "' has a value that it cannot have")
			.contains("Value: \"" + value + "\"")
			.contains("application.yml] - 1:")
			.containsPattern("Correct '" + Pattern.quote(name) + "': it takes .*" + Pattern.quote(takes));
	}

	@Test
	void consumersAsAList(CapturedOutput output) {
		fail("""
				baseplate.kafka.consumers:
				  - link_consumer_v0
				""", Handlers.class, (context) -> {
		});
		assertThat(output).contains("The property 'baseplate.kafka.consumers[0]' has a value that it cannot have")
			.contains("Value: \"link_consumer_v0\"")
			.contains("each consumer stands under its group name");
	}

	@ParameterizedTest
	@CsvSource({ "bootstrap-servers: ${KAFKA_URL}, ${KAFKA_URL}", "bootstrap-servers: ${my.brokers}, ${my.brokers}" })
	void placeholderWithoutAValue(String property, String value, CapturedOutput output) {
		fail("""
				my.brokers: "kafka:${KAFKA_URL}"
				spring.application.name: service
				baseplate.kafka:
				  topics: new_links
				  properties.sasl.jaas.config: secret ${KAFKA_URL}
				  %s
				""".formatted(property), Handlers.class, (context) -> {
		});
		assertThat(output)
			.contains("The property 'baseplate.kafka.bootstrap-servers' has a placeholder without a value")
			.contains("Value: \"" + value + "\"")
			.contains("application.yml] - 6:22")
			.contains("Set 'KAFKA_URL'")
			.doesNotContain("secret");
	}

	@Test
	void placeholderOfAConsumerWithoutAValue(CapturedOutput output) {
		fail("""
				spring.application.name: service
				baseplate.kafka:
				  topics: new_links
				  consumers.link_consumer_v0.properties.fetch.min.bytes: ${FETCH}
				  bootstrap-servers: localhost:1
				""", Handlers.class, (context) -> {
		});
		assertThat(output).contains("Property: baseplate.kafka.consumers.link_consumer_v0.properties.fetch.min.bytes")
			.contains("Value: \"${FETCH}\"")
			.contains("The placeholder stands there as it is because it has no value");
	}

	@ParameterizedTest
	@CsvSource({ "topics: ${my.topics}", "client-name: 'a-${my.topics}'", "bootstrap-servers: ${my.topics}" })
	void placeholderWithoutAValueOfASettingThatCouldBeTakenAsItIs(String property, CapturedOutput output) {
		fail("""
				spring.application.name: service
				baseplate.kafka:
				  topics: new_links
				  bootstrap-servers: localhost:1
				  auto-startup: false
				  consumers:
				    link_consumer_v0:
				      %s
				""".formatted(property), Handlers.class, (context) -> {
		});
		assertThat(output)
			.contains("The property 'baseplate.kafka.consumers.link_consumer_v0." + property.split(":")[0]
					+ "' has a placeholder without a value")
			.contains("application.yml] - 8:")
			.contains("Nothing is named 'my.topics'");
	}

	@Test
	void misspeltSettingOfAConsumer(CapturedOutput output) {
		fail("""
				spring.application.name: service
				baseplate.kafka:
				  bootstrap-servers: localhost:1
				  topics: new_links
				  auto-startup: false
				  consumers:
				    link_consumer_v0:
				      comit: secret
				""", Handlers.class, (context) -> {
		});
		assertThat(output).contains("The property 'baseplate.kafka.consumers.link_consumer_v0.comit' does not exist")
			.contains("application.yml] - 8:14")
			.contains("Did you mean 'baseplate.kafka.consumers.link_consumer_v0.commit'?")
			.doesNotContain("secret");
	}

	@Test
	void customizerThatThrows(CapturedOutput output) {
		fail("", () -> {
			throw new ConsumerConfigurationException(NAME, "KafkaClientCustomizer", null,
					"the KafkaClientCustomizer com.example.Tenants threw java.lang.IllegalStateException: no tenant",
					"correct it");
		});
		assertThat(output).contains("cannot be made because of KafkaClientCustomizer")
			.contains("Reason: The KafkaClientCustomizer com.example.Tenants threw")
			.doesNotContain("The property to change");
	}

	@Test
	void noBrokersNameOnePropertyToChange(CapturedOutput output) {
		fail("""
				spring.application.name: service
				baseplate.kafka:
				  topics: new_links
				  dev-broker.enabled: false
				""", Handlers.class, (context) -> {
		});
		assertThat(output).contains("Property: baseplate.kafka.bootstrap-servers")
			.contains("The property to change is 'baseplate.kafka.bootstrap-servers'")
			.doesNotContain(".bootstrap-servers'; what else is named here stands beside it, under "
					+ "'baseplate.kafka.consumers");
	}

	@Test
	void noTimeToStop(CapturedOutput output) {
		fail("""
				spring.application.name: service
				spring.lifecycle.timeout-per-shutdown-phase: 0s
				baseplate.kafka:
				  topics: new_links
				  bootstrap-servers: localhost:1
				""", Handlers.class, (context) -> {
		});
		assertThat(output).contains("'spring.lifecycle.timeout-per-shutdown-phase'")
			.contains("application.yml] - 2:46")
			.contains("no time to stop")
			.doesNotContain("stop-timeout");
	}

	@Test
	void topicThatCannotExist(CapturedOutput output) {
		fail("baseplate.kafka.consumers.link_consumer_v0.topics: new ${KIND}", () -> {
			throw new ConsumerStartException(NAME, Reason.INVALID_TOPIC, "'new ${KIND}' is no valid topic name", null);
		});
		assertThat(output).contains("'new ${KIND}' is no valid topic name")
			.contains("Correct 'baseplate.kafka.consumers.link_consumer_v0.topics' (now set by")
			.contains("letters (a to z, A to Z), digits, '.', '_' and '-' only")
			.contains("The placeholder stands there as it is because it has no value")
			.doesNotContain("Create the topic");
	}

	@Test
	void settingOfCode(CapturedOutput output) {
		fail("", () -> ConsumerNaming.check("links", "service.links"));
		assertThat(output).contains("Set by: no property: the code that makes the consumer, or a default")
			.contains("Use 'kafka_consumer.links'.")
			.contains("The name comes from the value of @KafkaMessageHandler");
	}

	@Test
	void noBroker(CapturedOutput output) {
		fail("baseplate.kafka.bootstrap-servers: broker:9092", () -> {
			throw new ConsumerStartException(NAME, Reason.NO_METADATA, "failed getting metadata from broker:9092",
					new IllegalStateException("Timeout expired while fetching topic metadata"));
		});
		assertThat(output).contains("could not start: failed getting metadata from broker:9092")
			.contains("Reason: IllegalStateException: Timeout expired while fetching topic metadata")
			.contains("set 'baseplate.kafka.bootstrap-servers' to brokers that do")
			.contains("application.yml] - 1:36");
	}

	@Test
	void missingTopic(CapturedOutput output) {
		String problem = "topic 'nwe_links' does not exist. maybe it's misspelled or on a different kafka cluster?";
		fail("baseplate.kafka.consumers.link_consumer_v0.topics: nwe_links", () -> {
			throw new ConsumerStartException(NAME, Reason.MISSING_TOPIC, problem, null);
		});
		assertThat(output).contains(problem)
			.contains("correct 'baseplate.kafka.consumers.link_consumer_v0.topics' (now set by")
			.contains("set 'baseplate.kafka.missing-topics' to 'warn'");
	}

	@Test
	void everyReasonHasAnAction(CapturedOutput output) {
		for (Reason reason : Reason.values()) {
			fail("", () -> {
				throw new ConsumerStartException(NAME, reason, "problem of " + reason, null);
			});
			assertThat(output).contains("problem of " + reason);
		}
		assertThat(output).contains("baseplate.kafka.properties.sasl.jaas.config")
			.contains("READ the group ('baseplate.kafka.consumers.link_consumer_v0.group-id')")
			.contains("'baseplate.kafka.consumers.link_consumer_v0.properties' or 'baseplate.kafka.properties'");
	}

	private static void build(Map<String, Object> properties) {
		KafkaClientSettings.build(
				ConsumerSettings.inOrder(NAME, "service.link_consumer_v0", List.of("new_links")).build(),
				new KafkaClientOptions("localhost:9092", "latest", "classic", properties, List.of()));
	}

	private void fail(String yaml, Runnable start, BeanDefinitionCustomizer... definition) {
		fail(yaml, Map.of(), start, definition);
	}

	private void fail(String yaml, Map<String, Object> environment, Runnable start,
			BeanDefinitionCustomizer... definition) {
		fail(yaml, EmptyConfiguration.class, (context) -> {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", environment));
			context.registerBean(NAME, StartsWithTheApplication.class, () -> new StartsWithTheApplication(start),
					definition);
		});
	}

	private void fail(String yaml, Class<?> configuration,
			ApplicationContextInitializer<GenericApplicationContext> initializer) {
		Path file = write(yaml);
		SpringApplication application = new SpringApplication(configuration);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.addInitializers(initializer);
		assertThatException().isThrownBy(
				() -> application.run("--spring.config.location=file:" + file, "--spring.main.banner-mode=off"));
	}

	private Path write(String yaml) {
		try {
			return Files.writeString(this.directory.resolve("application.yml"), yaml);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Fails while the context starts, as consumers do.
	 */
	private static final class StartsWithTheApplication implements SmartLifecycle {

		private final Runnable start;

		StartsWithTheApplication(Runnable start) {
			this.start = start;
		}

		@Override
		public void start() {
			this.start.run();
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EmptyConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ BaseplateKafkaAutoConfiguration.class,
			BaseplateKafkaObservationAutoConfiguration.class })
	static class Handlers {

		@KafkaMessageHandler("link_consumer_v0")
		void processLinks(String data) {
		}

		@KafkaMessageHandler("b.c")
		void processOthers(String data) {
		}

	}

}
