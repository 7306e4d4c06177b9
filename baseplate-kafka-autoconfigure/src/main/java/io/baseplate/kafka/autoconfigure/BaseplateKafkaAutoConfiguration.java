package io.baseplate.kafka.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerNaming;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerRuntime.HandlerThreads;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.FastConsumerFactory;
import io.baseplate.kafka.consumer.InOrderConsumerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * Auto-configuration of queue consumers: one for each method with
 * {@link io.baseplate.kafka.KafkaMessageHandler @KafkaMessageHandler}, and factories for
 * use in code.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
		"org.springframework.boot.jackson2.autoconfigure.Jackson2AutoConfiguration",
		"org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "baseplate.kafka.enabled", matchIfMissing = true)
@Import({ Jackson3Configuration.class, Jackson2Configuration.class, DevBrokerConfiguration.class })
public final class BaseplateKafkaAutoConfiguration {

	BaseplateKafkaAutoConfiguration() {
	}

	static BaseplateKafkaProperties properties(Environment environment) {
		return Binder.get(environment).bindOrCreate("baseplate.kafka", BaseplateKafkaProperties.class);
	}

	@Bean
	static KafkaMessageHandlerRegistrar baseplateKafkaMessageHandlerRegistrar(Environment environment) {
		return new KafkaMessageHandlerRegistrar(environment);
	}

	@Bean
	BodyUnpacker baseplateKafkaBodyUnpacker(ObjectProvider<JsonUnpackers> json) {
		return new BodyUnpacker(json.orderedStream().map(JsonUnpackers::get).filter(Objects::nonNull).toList());
	}

	@Bean
	SettingsCheck baseplateKafkaSettingsCheck(ApplicationContext context) {
		return new SettingsCheck(context.getEnvironment(), SettingsCheck.isRelated(context));
	}

	@Bean
	BootstrapServers baseplateKafkaBootstrapServers(Environment environment, SettingsCheck settings,
			ObjectProvider<BaseplateKafkaConnectionDetails> details, ObjectProvider<EmbeddedBroker> embedded) {
		settings.checkPlaceholders();
		return new BootstrapServers(new ConsumerPropertiesResolver(environment).defaults().servers(), details,
				embedded.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean(BaseplateKafkaConnectionDetails.class)
	BootstrapServers.Default baseplateKafkaConnectionDetails(BootstrapServers bootstrapServers) {
		return () -> {
			String servers = bootstrapServers.get();
			if (servers == null) {
				throw new IllegalStateException(
						"No Kafka brokers are configured: set baseplate.kafka.bootstrap-servers");
			}
			return servers;
		};
	}

	@Bean
	@ConditionalOnMissingBean(ConsumerListener.class)
	ApplicationConsumerListener baseplateKafkaConsumerListener(ApplicationContext context, Environment environment) {
		ConsumerPropertiesResolver resolver = new ConsumerPropertiesResolver(environment);
		return new ApplicationConsumerListener(context, (name) -> {
			String group = name.startsWith(ConsumerNaming.PREFIX) ? name.substring(ConsumerNaming.PREFIX.length())
					: name;
			return !Boolean.FALSE.equals(resolver.own(group).orElse(resolver.defaults()).breakLiveness());
		}, System::exit);
	}

	@Bean
	@ConditionalOnMissingBean
	ConsumerRuntime baseplateKafkaConsumerRuntime(Environment environment, ConsumerListener listener,
			ObjectProvider<Function<ConsumerSettings, ConsumerTelemetry>> telemetry) {
		return new ConsumerRuntime(telemetry.getIfAvailable(() -> (settings) -> ConsumerTelemetry.NOOP),
				handlerThreads(environment), listener);
	}

	private static HandlerThreads handlerThreads(Environment environment) {
		if (!Threading.VIRTUAL.isActive(environment)) {
			return HandlerThreads.PLATFORM;
		}
		return (name, task) -> {
			Thread thread = new VirtualThreadTaskExecutor().getVirtualThreadFactory().newThread(task);
			thread.setName(name);
			return thread;
		};
	}

	@Bean(AnnotatedConsumers.BEAN_NAME)
	AnnotatedConsumers baseplateKafkaAnnotatedConsumers(ConfigurableListableBeanFactory beans, Environment environment,
			SettingsCheck settings, ConsumerRuntime runtime, BootstrapServers bootstrapServers, BodyUnpacker unpacker,
			ObjectProvider<KafkaClientCustomizer> customizers, ObjectProvider<SslBundles> sslBundles) {
		return new AnnotatedConsumers(beans, environment, settings, runtime, bootstrapServers, unpacker,
				customizers.orderedStream().toList(), sslBundles.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	InOrderConsumerFactory inOrderConsumerFactory(ConsumerRuntime runtime, BodyUnpacker unpacker,
			BootstrapServers bootstrapServers, ObjectProvider<KafkaClientCustomizer> customizers) {
		return new InOrderConsumerFactory(runtime, unpacker, () -> required(bootstrapServers),
				customizers.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	FastConsumerFactory fastConsumerFactory(ConsumerRuntime runtime, BodyUnpacker unpacker,
			BootstrapServers bootstrapServers, ObjectProvider<KafkaClientCustomizer> customizers) {
		return new FastConsumerFactory(runtime, unpacker, () -> required(bootstrapServers),
				customizers.orderedStream().toList());
	}

	private static String required(BootstrapServers bootstrapServers) {
		return bootstrapServers.get("of the factory", null, List.of());
	}

	@Bean
	QueueConsumerLifecycle baseplateKafkaLifecycle(ConfigurableListableBeanFactory beans, Environment environment,
			SettingsCheck settings) {
		return new QueueConsumerLifecycle(() -> {
			new HandlerMethods(beans, environment).checkAllFound();
			List<QueueConsumer> consumers = List.copyOf(beans.getBeansOfType(QueueConsumer.class).values());
			settings.check(consumers.stream()
				.map(QueueConsumer::name)
				.map((name) -> name.startsWith(ConsumerNaming.PREFIX) ? name.substring(ConsumerNaming.PREFIX.length())
						: name)
				.toList());
			return consumers;
		});
	}

}
