package io.baseplate.kafka.autoconfigure;

import java.util.Map;

import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SettingsCheck} and {@link ClientSettingNames}, in applications that
 * start nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class,
				BaseplateKafkaObservationAutoConfiguration.class))
		.withUserConfiguration(Links.class)
		.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.bootstrap-servers=localhost:1",
				"baseplate.kafka.auto-startup=false");

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"consumers.link_consumer_v0.comit | did you mean 'baseplate.kafka.consumers.link_consumer_v0.commit'?",
			"consumers.linkConsumerV0.topic | did you mean 'baseplate.kafka.consumers.linkConsumerV0.topics'?",
			"consumers.[b.c].batchsise | did you mean 'baseplate.kafka.consumers[b.c].batch-size'?",
			"consumers.link_consumer_v0.restart-backoff.maximum | v0.restart-backoff.max'?",
			"consumers.link_consumer_v0.commit.intervall | v0.commit-interval'?",
			"consumers.link_consumer_v0.mode[0] | v0.mode'?",
			"consumers.link_consumer_v0.fetch.max.wait.ms | v0.properties.fetch.max.wait.ms'?",
			"consumers.link_consumer_v0.service-name | did you mean 'baseplate.kafka.service-name'? That is set for the whole",
			"consumers.link_consumer_v0.flavour | remove it, or use one of [auto-offset-reset, auto-startup,",
			"comit | did you mean 'baseplate.kafka.commit'?",
			"bootstrap.servers | did you mean 'baseplate.kafka.bootstrap-servers'?",
			"consumer.link_consumer_v0.mode | remove it, or use one of [auto-offset-reset",
			"dev-broker.ports | did you mean 'baseplate.kafka.dev-broker.port'?",
			"observation.stile | did you mean 'baseplate.kafka.observation.style'?",
			"ssl.bundel | did you mean 'baseplate.kafka.ssl.bundle'?" })
	void aSettingThatNothingReadsIsRefused(String property, String remedy) {
		this.contextRunner.withPropertyValues("baseplate.kafka." + property + "=secret").run((context) -> {
			assertThat(context).hasFailed();
			Throwable root = NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure());
			assertThat(root).isInstanceOf(UnknownSettingException.class)
				.hasMessageContaining("There is no property 'baseplate.kafka." + property.replace(".[", "[") + "'")
				.hasMessageContaining(remedy)
				.hasMessageNotContaining("secret");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "baseplate.kafka.clientName=x", "baseplate.kafka.client_name=x",
			"baseplate.kafka.CLIENT-NAME=x", "baseplate.kafka.consumers.link_consumer_v0.clientName=x",
			"baseplate.kafka.consumers.linkConsumerV0.restartBackoff.max=5s", "baseplate.kafka.topics[0]=one",
			"baseplate.kafka.consumers.link_consumer_v0.bootstrap-servers[0]=one:9092",
			"baseplate.kafka.properties.fetch.min.bytes=1", "baseplate.kafka.properties[fetch.min.bytes]=1",
			"baseplate.kafka.consumers.[b.c].properties.fetch.min.bytes=1", "baseplate.kafka.observation.reader=true",
			"baseplate.kafka.dev-broker.data-dir=/tmp", "baseplate.kafka.ssl.bundle=", "baseplate.kafka.enabled=true" })
	void everyWayToWriteASettingIsRead(String property) {
		this.contextRunner.withPropertyValues(property).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "BASEPLATE_KAFKA_BATCH_SIZE, 2, false", "BASEPLATE_KAFKA_BATCHSIZE, 2, false",
			"BASEPLATE_KAFKA_TOPICS_0, one, false", "BASEPLATE_KAFKA_DEV_BROKER_PORT, 0, false",
			"BASEPLATE_KAFKA_PROPERTIES_FETCH_MIN_BYTES, 1, false",
			"BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_COMMIT_INTERVAL, 5s, false",
			"BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_PROPERTIES_FETCH_MIN_BYTES, 1, false",
			"BASEPLATE_KAFKA_SERVICE_PORT, 9092, true", "BASEPLATE_KAFKA_PORT_9092_TCP, tcp, true",
			"BASEPLATE_KAFKA_NOTE, ${nobody}, true", "BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_COMIT, x, true" })
	void anEnvironmentVariableThatNothingReadsIsWarnedOf(String variable, String value, boolean warned,
			CapturedOutput output) {
		this.contextRunner.withInitializer((context) -> variable(context, variable, value)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output.toString().contains("Nothing reads the property")).isEqualTo(warned);
			assertThat(output.toString().contains(variable)).isEqualTo(warned);
		});
	}

	@Test
	void anEnvironmentVariableWithTheUnderscoresOfAGroupNameIsToldItsRightName() {
		this.contextRunner
			.withInitializer(
					(context) -> variable(context, "BASEPLATE_KAFKA_CONSUMERS_LINK_CONSUMER_V0_BATCH_SIZE", "2"))
			.run((context) -> assertThat(NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()))
				.isInstanceOf(ConsumerConfigurationException.class)
				.hasMessageContaining("no consumer has the group name 'link'")
				.hasMessageContaining("is called BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_BATCH_SIZE"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"fetch.min.byte=1 | no setting 'fetch.min.byte', set as properties.fetch.min.byte: did you mean 'fetch.min.bytes'?",
			"flavour=1 | no setting 'flavour', set as properties.flavour" })
	void aClientSettingThatKafkaDoesNotKnowIsWarnedOf(String setting, String warning, CapturedOutput output) {
		this.contextRunner.withPropertyValues("baseplate.kafka.properties." + setting).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains(warning);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "interceptor.classes=", "metric.reporters=", "config.providers=",
			"sasl.login.callback.handler.class=com.example.Login" })
	void aClientSettingThatCodeInTheClientMayReadIsNotWarnedOf(String code, CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("baseplate.kafka.properties." + code, "baseplate.kafka.properties.tenant=one",
					"baseplate.kafka.properties.fetch.min.bytes=1")
			.run((context) -> assertThat(output).doesNotContain("no setting"));
	}

	@Test
	void contextsOfOneEnvironmentHaveTheirOwnConsumers(CapturedOutput output) {
		try (ConfigurableApplicationContext child = related()) {
			assertThat(child.getBeanNamesForType(QueueConsumer.class)).containsExactly("kafka_consumer.ch");
			assertThat(child.getParent().getBeanNamesForType(QueueConsumer.class)).containsExactly("kafka_consumer.pa");
		}
		assertThat(output).contains("No consumer of this context has the group name 'ch'")
			.contains("No consumer of this context has the group name 'pa'");
	}

	private static ConfigurableApplicationContext related() {
		return new SpringApplicationBuilder(Parent.class)
			.properties("spring.application.name=service", "baseplate.kafka.bootstrap-servers=localhost:1",
					"baseplate.kafka.auto-startup=false", "baseplate.kafka.consumers.pa.topics=one",
					"baseplate.kafka.consumers.ch.topics=two")
			.child(Child.class)
			.web(WebApplicationType.NONE)
			.run();
	}

	private static void variable(ConfigurableApplicationContext context, String name, String value) {
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", Map.of(name, value)));
	}

	@Configuration(proxyBeanMethods = false)
	static class Links {

		@KafkaMessageHandler(value = "link_consumer_v0", topics = "new_links")
		void processLinks(byte[] data) {
		}

		@KafkaMessageHandler(value = "b.c", topics = "others")
		void processOthers(byte[] data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(BaseplateKafkaAutoConfiguration.class)
	static class Parent {

		@KafkaMessageHandler("pa")
		void handle(byte[] data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(BaseplateKafkaAutoConfiguration.class)
	static class Child {

		@KafkaMessageHandler("ch")
		void handle(byte[] data) {
		}

	}

}
