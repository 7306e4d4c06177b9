package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.FastConsumerFactory;
import io.baseplate.kafka.consumer.InOrderConsumer;
import io.baseplate.kafka.consumer.InOrderConsumerFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.tracing.Tracer;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From annotated methods and properties to consumers: no broker, nothing is started.
 */
@ExtendWith(OutputCaptureExtension.class)
class AnnotatedConsumersTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class,
				BaseplateKafkaObservationAutoConfiguration.class, BaseplateKafkaHealthAutoConfiguration.class))
		.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.bootstrap-servers=localhost:1",
				"baseplate.kafka.auto-startup=false");

	@Test
	void anAnnotatedMethodBecomesOneConsumerBeanNamedAfterItsGroup() {
		this.contextRunner.withUserConfiguration(Links.class).run((context) -> {
			assertThat(context).hasSingleBean(QueueConsumer.class);
			QueueConsumer consumer = context.getBean("kafka_consumer.link_consumer_v0", InOrderConsumer.class);
			assertThat(consumer.name()).isEqualTo("kafka_consumer.link_consumer_v0");
			assertThat(consumer.groupId()).isEqualTo("link_service.link_consumer_v0");
			assertThat(consumer.topics()).containsExactly("new_links", "edited_links");
			assertThat(consumer.status().commit()).isEqualTo(CommitStrategy.EACH_MESSAGE);
		});
	}

	@Test
	void consumersCanBeInjectedByTypeAlsoWhereBeansAreLazy() {
		this.contextRunner.withUserConfiguration(Links.class, NeedsConsumer.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getBean(NeedsConsumer.class).consumer)
				.isSameAs(context.getBean("kafka_consumer.link_consumer_v0")));
	}

	@Test
	void aBeanMayHaveItsOwnConsumerInjected() {
		this.contextRunner.withUserConfiguration(KnowsItself.class)
			.run((context) -> assertThat(context.getBean(KnowsItself.class).consumer).isNotNull());
	}

	@ParameterizedTest
	@CsvSource({ "baseplate.kafka.consumers.link_consumer_v0.mode", "baseplate.kafka.consumers.linkconsumerv0.mode",
			"baseplate.kafka.mode" })
	void theModeDecidesTheTypeOfTheBean(String property) {
		this.contextRunner.withUserConfiguration(Links.class).withPropertyValues(property + "=fast").run((context) -> {
			assertThat(context).hasSingleBean(FastConsumer.class).doesNotHaveBean(InOrderConsumer.class);
			assertThat(context.getBean(QueueConsumer.class).mode()).isEqualTo(ConsumerMode.FAST);
		});
	}

	@Test
	void anEnvironmentVariableIsTheSameConsumerAsTheUnderscoredNameAndWinsPropertyByProperty() {
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.client-name=from-file",
					"baseplate.kafka.consumers.link_consumer_v0.topics=one")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
						Map.of("BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_MODE", "fast",
								"BASEPLATE_KAFKA_CONSUMERS_LINKCONSUMERV0_TOPICS", "two,three"))))
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(FastConsumer.class);
				assertThat(context.getBean(QueueConsumer.class).topics()).containsExactly("two", "three");
			});
	}

	@Test
	void theConsumersPropertyBeatsTheAnnotationWhichBeatsTheDefault() {
		this.contextRunner.withUserConfiguration(FastThumbnails.class)
			.withPropertyValues("baseplate.kafka.mode=in-order", "baseplate.kafka.topics=shared")
			.run((context) -> {
				assertThat(context).hasSingleBean(FastConsumer.class);
				assertThat(context.getBean(QueueConsumer.class).topics()).containsExactly("annotated");
			});
		this.contextRunner.withUserConfiguration(FastThumbnails.class)
			.withPropertyValues("baseplate.kafka.consumers.thumbnails.mode=in-order",
					"baseplate.kafka.consumers.thumbnails.topics=own")
			.run((context) -> {
				assertThat(context).hasSingleBean(InOrderConsumer.class);
				assertThat(context.getBean(QueueConsumer.class).topics()).containsExactly("own");
			});
		this.contextRunner.withUserConfiguration(Links.class)
			.run((context) -> assertThat(context).hasSingleBean(InOrderConsumer.class));
	}

	@Test
	void placeholdersInTheAnnotationAreResolvedAndDottedGroupNamesAreWrittenInBrackets() {
		this.contextRunner.withUserConfiguration(Placeholders.class)
			.withPropertyValues("my.group=b.c", "my.topics=x,y", "baseplate.kafka.consumers.[b.c].batch-size=7")
			.run((context) -> {
				QueueConsumer consumer = context.getBean("kafka_consumer.b.c", QueueConsumer.class);
				assertThat(consumer.topics()).containsExactly("x", "y");
				assertThat(consumer.groupId()).isEqualTo("link_service.b.c");
				assertThat(consumer.status().readAheadBound()).isEqualTo(15);
			});
	}

	@Test
	void methodsThatAreInheritedPackagePrivateOrMadeByBeanMethodsAreFound() {
		this.contextRunner.withUserConfiguration(BeanMethods.class)
			.run((context) -> assertThat(context.getBeansOfType(QueueConsumer.class))
				.containsOnlyKeys("kafka_consumer.inherited", "kafka_consumer.link_consumer_v0"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "false" })
	void methodsOfBeansThatAutoProxyingWrapsAreFound(boolean proxyTargetClass) {
		this.contextRunner.withUserConfiguration(Advice.class)
			.withBean(ProxiedLinks.class)
			.withPropertyValues("spring.aop.proxy-target-class=" + proxyTargetClass)
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(QueueConsumer.class);
				assertThat(AopUtils.isJdkDynamicProxy(context.getBean(Runnable.class))).isEqualTo(!proxyTargetClass);
			});
	}

	@Test
	void factoriesForUseInCodeAreBeans() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(InOrderConsumerFactory.class)
			.hasSingleBean(FastConsumerFactory.class));
	}

	@Test
	void nothingIsThereWhereTheStarterIsSwitchedOff() {
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(QueueConsumer.class)
				.doesNotHaveBean("baseplateKafkaHealthContributor"));
	}

	@ParameterizedTest
	@ValueSource(classes = { MeterRegistry.class, Tracer.class, HealthContributor.class,
			tools.jackson.databind.json.JsonMapper.class, com.fasterxml.jackson.databind.ObjectMapper.class,
			io.baseplate.kafka.devbroker.DevBroker.class })
	void itWorksWithoutOptionalClasses(Class<?> missing) {
		this.contextRunner.withUserConfiguration(Links.class)
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(QueueConsumer.class));
	}

	@Test
	void healthHasAChildForEachConsumer() {
		this.contextRunner.withUserConfiguration(Links.class)
			.run((context) -> assertThat(context).hasBean("baseplateKafkaHealthContributor"));
	}

	@ParameterizedTest
	@CsvSource({ "observation, false", "lean, true", "none, true" })
	void beansThatAStyleIgnoresAreNamedInAWarning(String style, boolean warned, CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Links.class)
			.withBean("myFilter", ObservationFilter.class, () -> (context) -> context)
			.withPropertyValues("baseplate.kafka.observation.style=" + style)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.toString().contains("these beans have no effect on queue consumers: [myFilter]"))
					.isEqualTo(warned);
			});
	}

	@Test
	void customizersUnpackersAndConnectionDetailsAreBeans() {
		List<String> customized = new ArrayList<>();
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class))
			.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.auto-startup=false",
					"baseplate.kafka.consumers.link_consumer_v0.unpacker=mine")
			.withUserConfiguration(Links.class)
			.withBean(BaseplateKafkaConnectionDetails.class, () -> () -> "details:9092")
			.withBean("mine", MessageUnpacker.class, () -> (message, type) -> null)
			.withBean(KafkaClientCustomizer.class,
					() -> (name, settings) -> customized.add(name + " " + settings.get("bootstrap.servers")))
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(QueueConsumer.class);
				assertThat(customized).containsExactly("kafka_consumer.link_consumer_v0 details:9092");
			});
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.unpacker=nobody"), "unpacker", "nobody");
	}

	@Test
	void stopTimeoutBeyondTheShutdownPhaseIsWarnedOfOnlyWhereItWasSet(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=10s")
			.run((context) -> assertThat(output).doesNotContain("stop-timeout"));
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=10s", "baseplate.kafka.stop-timeout=9s")
			.run((context) -> assertThat(output).contains("stop-timeout PT9S of kafka_consumer.link_consumer_v0"));
	}

	@Test
	void aHealthCheckIsFoundByItsBeanName() {
		this.contextRunner.withUserConfiguration(Links.class, Checks.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.health-check=never")
			.run((context) -> {
				QueueConsumer consumer = context.getBean(QueueConsumer.class);
				assertThat(consumer.healthCheck()).isSameAs(context.getBean("never"));
			});
	}

	@Test
	void aNameWithoutAHandlerIsATypo() {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v1.mode=fast",
					"baseplate.kafka.auto-startup=false"),
				"link_consumer_v1", "link_consumer_v0");
	}

	@ParameterizedTest
	@CsvSource({ "baseplate.kafka.consumers.link_consumer_v1.topics=new_links, topics",
			"baseplate.kafka.consumers.link_consumer_v1.bootstrap-servers=localhost:1, bootstrap-servers" })
	void whatIsMissingBecauseItStandsUnderAMisspeltNameIsReportedAsThat(String property, String setting) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class,
					BaseplateKafkaHealthAutoConfiguration.class))
			.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.dev-broker.enabled=false",
					property,
					setting.equals("topics") ? "baseplate.kafka.bootstrap-servers=localhost:1"
							: "baseplate.kafka.topics=new_links")
			.withUserConfiguration(LinksWithoutTopics.class)
			.run((context) -> assertThat(root(context)).isInstanceOf(ConsumerConfigurationException.class)
				.hasMessageContaining("'kafka_consumer.link_consumer_v1': " + setting
						+ ": no consumer has the group name 'link_consumer_v1'. Remedy: use one of [link_consumer_v0]"));
	}

	@Test
	void whatIsMissingIsReportedAsMissingWhereAllNamesAreRight() {
		fails((runner) -> runner.withUserConfiguration(LinksWithoutTopics.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.mode=in-order"), "link_consumer_v0",
				"no topic is named");
	}

	@Test
	void consumersAsAListAreRefused() {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers[0].link_consumer_v0.mode=fast"), "consumers is a list",
				"baseplate.kafka.consumers.link_consumer_v0.mode=fast");
	}

	@Test
	void aGroupNameThatCannotBePartOfAPathIsRefusedByItsMethod() {
		fails((runner) -> runner.withUserConfiguration(SlashedLinks.class), "SlashedLinks.processLinks",
				"contains a slash", "use 'links_new'");
	}

	@Test
	void twoHandlersOfOneNameAreRefusedByTheirMethods() {
		fails((runner) -> runner.withUserConfiguration(Links.class, OtherLinks.class), "two handlers",
				"Links.processLinks", "OtherLinks.process");
	}

	@Test
	void aDottedGroupNameWithoutItsDotsIsATypo() {
		fails((runner) -> runner.withUserConfiguration(Placeholders.class)
			.withPropertyValues("my.group=b.c", "my.topics=x", "baseplate.kafka.consumers.bc.batch-size=7"), "'bc'",
				"b.c");
	}

	@Test
	void twoHandlersThatPropertiesCannotTellApartAreRefused() {
		fails((runner) -> runner.withUserConfiguration(Links.class, AlmostLinks.class), "properties cannot tell apart",
				"Links.processLinks", "AlmostLinks.process");
	}

	@Test
	void aHandlerThatTheDeclaredTypeOfItsBeanHidesIsRefused() {
		fails((runner) -> runner.withUserConfiguration(HiddenBean.class), "Links.processLinks", "return Links");
	}

	@Test
	void aHandlerThatIsASingletonWithoutADefinitionIsFound() {
		this.contextRunner
			.withInitializer((context) -> context.getBeanFactory().registerSingleton("links", new Links()))
			.run((context) -> assertThat(context).hasSingleBean(QueueConsumer.class)
				.hasBean("kafka_consumer.link_consumer_v0"));
	}

	@Test
	void aHandlerThatIsASingletonRegisteredTooLateIsRefused() {
		fails((runner) -> runner.withInitializer((context) -> context
			.addBeanFactoryPostProcessor((beans) -> beans.registerSingleton("links", new Links()))),
				"Links.processLinks", "registered after", "ApplicationContextInitializer");
	}

	@Test
	void aCustomizerThatThrowsIsNamedWithItsConsumer() {
		this.contextRunner.withUserConfiguration(Links.class)
			.withBean(KafkaClientCustomizer.class, () -> new BrokenCustomizer())
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(
						ConsumerConfigurationException.class.getName() + ": Consumer 'kafka_consumer.link_consumer_v0'")
				.hasStackTraceContaining(BrokenCustomizer.class.getName() + " threw")
				.hasRootCauseMessage("no tenant"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "unpacker", "health-check" })
	void aBeanNameThatIsLeftEmptyIsNone(String property) {
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka." + property + "=nobody",
					"baseplate.kafka.consumers.link_consumer_v0." + property + "=")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aPlaceholderThatCannotBeResolvedIsRefused() {
		fails((runner) -> runner.withUserConfiguration(Placeholders.class), "my.group");
	}

	@Test
	void aSharedGroupIdIsForOneHandlerOnly() {
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.group-id=other_service.link_consumer_v0")
			.run((context) -> assertThat(context.getBean(QueueConsumer.class).groupId())
				.isEqualTo("other_service.link_consumer_v0"));
		fails((runner) -> runner.withUserConfiguration(Links.class, FastThumbnails.class)
			.withPropertyValues("baseplate.kafka.group-id=link_service.link_consumer_v0"), "group-id", "2 handlers");
	}

	@Test
	void aGroupIdWithoutAServiceIsRefusedAndTheServicesOwnIsSuggested() {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.group-id=link_consumer_v0"),
				"use 'link_service.link_consumer_v0'");
	}

	@Test
	void aGroupIdOfAnotherNameIsRefused() {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.group-id=service.link_consumer"),
				"service.link_consumer", "link_consumer_v0");
	}

	@Test
	void aServiceNameIsNeeded() {
		fails((runner) -> runner.withUserConfiguration(Links.class).withPropertyValues("spring.application.name="),
				"service-name", "spring.application.name");
	}

	@Test
	void brokersOfAPropertyBeatThoseOfConnectionDetails() {
		List<Object> brokers = new ArrayList<>();
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class))
			.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.auto-startup=false")
			.withUserConfiguration(Links.class)
			.withBean(BaseplateKafkaConnectionDetails.class, () -> () -> "details:9092")
			.withBean(KafkaClientCustomizer.class,
					() -> (name, settings) -> brokers.add(settings.get("bootstrap.servers")));
		runner.run((context) -> assertThat(context).hasNotFailed());
		runner.withPropertyValues("baseplate.kafka.bootstrap-servers=shared:9092")
			.run((context) -> assertThat(context).hasNotFailed());
		runner.withPropertyValues("baseplate.kafka.bootstrap-servers=factory:9092")
			.run((context) -> context.getBean(InOrderConsumerFactory.class)
				.create("kafka_consumer.links", "link_service.links", List.of("links"), (call, data, message) -> {
				}, (options) -> {
				}));
		runner
			.withPropertyValues("baseplate.kafka.bootstrap-servers=shared:9092",
					"baseplate.kafka.consumers.link_consumer_v0.bootstrap-servers=own:9092")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(brokers).containsExactly("details:9092", "shared:9092", "factory:9092", "factory:9092", "own:9092");
	}

	@Test
	void brokersMayBeAList() {
		List<Object> brokers = new ArrayList<>();
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class))
			.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.auto-startup=false",
					"baseplate.kafka.bootstrap-servers[0]=one:9092", "baseplate.kafka.bootstrap-servers[1]=two:9092")
			.withUserConfiguration(Links.class)
			.withBean(KafkaClientCustomizer.class,
					() -> (name, settings) -> brokers.add(settings.get("bootstrap.servers")));
		runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(BaseplateKafkaConnectionDetails.class).getBootstrapServers())
				.isEqualTo("one:9092,two:9092");
		});
		runner
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.bootstrap-servers[0]=own:9092",
					"baseplate.kafka.consumers.link_consumer_v0.bootstrap-servers[1]=own:9093")
			.run((context) -> assertThat(context).hasNotFailed());
		runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
						Map.of("BASEPLATE_KAFKA_BOOTSTRAP_SERVERS", "env:9092, env:9093"))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(brokers).containsExactly("one:9092,two:9092", "own:9092,own:9093", "env:9092,env:9093");
	}

	@Test
	void brokersAreNeverGuessed() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class))
			.withPropertyValues("spring.application.name=link_service", "baseplate.kafka.dev-broker.enabled=false")
			.withUserConfiguration(Links.class)
			.run((context) -> assertThat(root(context)).isInstanceOf(ConsumerConfigurationException.class)
				.hasMessageContaining("bootstrap-servers"));
	}

	@Test
	void moreThanOneHandlerInOrderIsRefused() {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.max-concurrency=2"),
				"Can only run 1 message handler!");
	}

	@ParameterizedTest
	@ValueSource(strings = { "key", "partition" })
	void anOrderingIsForFastConsumersAndAsTheDefaultOfAllPassedOverInOrder(String ordering) {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.ordering=" + ordering), "ordering",
				"it is for consumers of mode fast", "remove ordering, or set mode to fast");
		this.contextRunner.withUserConfiguration(Links.class, FastThumbnails.class)
			.withPropertyValues("baseplate.kafka.ordering=" + ordering,
					"baseplate.kafka.consumers.link_consumer_v0.ordering=none",
					"baseplate.kafka.consumers.thumbnails.topics=own")
			.run((context) -> {
				assertThat(context.getBean(InOrderConsumer.class).status().ordering()).isEqualTo(Ordering.NONE);
				assertThat(context.getBean(FastConsumer.class).status().ordering())
					.hasToString(ordering.toUpperCase(Locale.ROOT));
			});
		this.contextRunner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.ordering=" + ordering)
			.run((context) -> assertThat(context.getBean(InOrderConsumer.class).status().ordering())
				.isEqualTo(Ordering.NONE));
	}

	@ParameterizedTest
	@CsvSource({ "enable.auto.commit, true", "group.id, x", "key.deserializer, x", "max.poll.records, 7" })
	void clientSettingsThatWouldBreakTheModeAreRefusedByName(String setting, String value) {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.consumers.link_consumer_v0.properties." + setting + "=" + value),
				setting);
	}

	@Test
	void settingsOfTheClassicProtocolAreRefusedUnderKip848() {
		fails((runner) -> runner.withUserConfiguration(Links.class)
			.withPropertyValues("baseplate.kafka.group-protocol=consumer",
					"baseplate.kafka.properties.session.timeout.ms=10000"),
				"session.timeout.ms");
	}

	@ParameterizedTest
	@MethodSource("signaturesThatCannotWork")
	void aSignatureThatCannotWorkIsRefusedByTheNameOfTheMethod(Class<?> handler, String remedy) {
		fails((runner) -> runner.withUserConfiguration(handler), handler.getSimpleName() + ".handle",
				"Remedy: " + remedy);
	}

	static Stream<Arguments> signaturesThatCannotWork() {
		return Stream.of(Arguments.of(PrivateMethod.class, "make it package-private, protected or public"),
				Arguments.of(StaticMethod.class, "make it an instance method"),
				Arguments.of(ReturnsSomething.class, "make it return void"),
				Arguments.of(TwoPayloads.class, "keep one, beside MessageContext and ConsumerRecord<byte[], byte[]>"),
				Arguments.of(StringRecord.class,
						"use ConsumerRecord<byte[], byte[]>, and a payload parameter for the unpacked body"),
				Arguments.of(PrimitivePayload.class, "use the wrapper type"),
				Arguments.of(Batch.class,
						"use ConsumerRecord<byte[], byte[]> for the message, and a payload parameter for the unpacked body"),
				Arguments.of(Unbindable.class, "use a record, a class with a default constructor or a @JsonCreator"));
	}

	@Test
	void aPayloadTypeThatNoBodyCanBeBoundToIsNamed() {
		fails((runner) -> runner.withUserConfiguration(Unbindable.class), "Unbindable.handle",
				"of type java.util.List<java.lang.Runnable>", "Cannot construct instance of");
	}

	@Test
	void aUsersUnpackerIsNotAskedWhetherTheTypeCanBeBound() {
		this.contextRunner.withUserConfiguration(Unbindable.class)
			.withBean("mine", MessageUnpacker.class, () -> (message, type) -> List.of())
			.withPropertyValues("baseplate.kafka.consumers.one.unpacker=mine")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private void fails(UnaryOperator<ApplicationContextRunner> configure, String... words) {
		configure.apply(this.contextRunner).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(root(context)).isInstanceOf(ConsumerConfigurationException.class).hasMessageContainingAll(words);
		});
	}

	private static Throwable root(AssertableApplicationContext context) {
		Throwable failure = context.getStartupFailure();
		while (failure.getCause() != null) {
			failure = failure.getCause();
		}
		return failure;
	}

	@Configuration(proxyBeanMethods = false)
	static class LinksWithoutTopics {

		@KafkaMessageHandler("link_consumer_v0")
		void processLinks(String data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SlashedLinks {

		@KafkaMessageHandler(value = "links/new", topics = "new_links")
		void processLinks(String data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Links {

		@KafkaMessageHandler(value = "link_consumer_v0", topics = { "new_links", "edited_links" })
		void processLinks(Map<String, Object> data, MessageContext context, ConsumerRecord<byte[], byte[]> message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Batch {

		@KafkaMessageHandler(value = "one", topics = "topic")
		void handle(List<ConsumerRecord<byte[], byte[]>> messages) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unbindable {

		@KafkaMessageHandler(value = "one", topics = "topic")
		void handle(List<Runnable> data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherLinks {

		@KafkaMessageHandler(value = "link_consumer_v0", topics = "other")
		void process(String body) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AlmostLinks {

		@KafkaMessageHandler(value = "linkConsumer-v0", topics = "other")
		void process(String body) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenBean {

		@Bean
		Object links() {
			return new Links();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Advice {

		@Bean
		static DefaultAdvisorAutoProxyCreator proxyCreator(Environment environment) {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator
				.setProxyTargetClass(environment.getRequiredProperty("spring.aop.proxy-target-class", Boolean.class));
			return creator;
		}

		@Bean
		static StaticMethodMatcherPointcutAdvisor advisor() {
			return new StaticMethodMatcherPointcutAdvisor((MethodInterceptor) MethodInvocation::proceed) {

				@Override
				public boolean matches(Method method, Class<?> targetClass) {
					return ProxiedLinks.class.isAssignableFrom(targetClass);
				}

			};
		}

	}

	static class BrokenCustomizer implements KafkaClientCustomizer {

		@Override
		public void customize(String consumerName, Map<String, Object> settings) {
			throw new IllegalStateException("no tenant");
		}

	}

	static class ProxiedLinks implements Runnable {

		@KafkaMessageHandler(value = "proxied", topics = "one")
		void process(String body) {
		}

		@Override
		public void run() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NeedsConsumer {

		@Autowired
		QueueConsumer consumer;

	}

	@Configuration(proxyBeanMethods = false)
	static class KnowsItself {

		@Autowired
		InOrderConsumer consumer;

		@KafkaMessageHandler(value = "self", topics = "one")
		void handle() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FastThumbnails {

		@KafkaMessageHandler(value = "thumbnails", topics = "annotated", mode = ConsumerMode.FAST)
		void handle(byte[] body) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Placeholders {

		@KafkaMessageHandler(value = "${my.group}", topics = "${my.topics}")
		void handle(List<String> data) {
		}

	}

	static class Base<T> {

		@KafkaMessageHandler(value = "inherited", topics = "one")
		void handle(T data) {
		}

	}

	static class Derived extends Base<String> {

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanMethods {

		@Bean
		Derived derived() {
			return new Derived();
		}

		@Bean
		Links links() {
			return new Links();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Checks {

		@Bean
		ConsumerHealthCheck never() {
			return (status) -> false;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrivateMethod {

		@KafkaMessageHandler(value = "wrong", topics = "one")
		private void handle(String data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StaticMethod {

		@KafkaMessageHandler(value = "wrong", topics = "one")
		static void handle(String data) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReturnsSomething {

		@KafkaMessageHandler(value = "wrong", topics = "one")
		String handle(String data) {
			return data;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoPayloads {

		@KafkaMessageHandler(value = "wrong", topics = "one")
		void handle(String data, Integer more) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StringRecord {

		@KafkaMessageHandler(value = "wrong", topics = "one")
		void handle(ConsumerRecord<String, String> message) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrimitivePayload {

		@KafkaMessageHandler(value = "wrong", topics = "one")
		void handle(int data) {
		}

	}

}
