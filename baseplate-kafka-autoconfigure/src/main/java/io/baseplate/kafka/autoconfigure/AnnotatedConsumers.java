package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.autoconfigure.ConsumerProperties.MissingTopics;
import io.baseplate.kafka.autoconfigure.ConsumerProperties.RestartBackoff;
import io.baseplate.kafka.autoconfigure.HandlerMethods.HandlerMethod;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.ConsumerNaming;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.InOrderConsumer;
import io.baseplate.kafka.consumer.KafkaClientOptions;
import io.baseplate.kafka.consumer.KafkaClientSettings;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Makes the consumers of annotated methods: the factory methods of their bean
 * definitions.
 */
class AnnotatedConsumers {

	/**
	 * Name of the bean.
	 */
	static final String BEAN_NAME = "baseplateKafkaAnnotatedConsumers";

	private final ConfigurableListableBeanFactory beans;

	private final ConsumerPropertiesResolver properties;

	private final SettingsCheck settings;

	private final HandlerMethods methods;

	private final ConsumerRuntime runtime;

	private final BootstrapServers bootstrapServers;

	private final StopTimeouts stopTimeouts;

	private final BodyUnpacker unpacker;

	private final List<KafkaClientCustomizer> customizers;

	private final SslBundleSettings ssl;

	AnnotatedConsumers(ConfigurableListableBeanFactory beans, Environment environment, SettingsCheck settings,
			ConsumerRuntime runtime, BootstrapServers bootstrapServers, BodyUnpacker unpacker,
			List<KafkaClientCustomizer> customizers, @Nullable SslBundles sslBundles) {
		this.beans = beans;
		this.properties = new ConsumerPropertiesResolver(environment);
		this.settings = settings;
		this.methods = new HandlerMethods(beans, environment);
		this.runtime = runtime;
		this.bootstrapServers = bootstrapServers;
		this.stopTimeouts = new StopTimeouts(environment);
		this.unpacker = unpacker;
		this.customizers = customizers;
		this.ssl = new SslBundleSettings(sslBundles);
	}

	InOrderConsumer inOrder(String beanName, String typeName, String groupName) {
		Parts parts = parts(beanName, typeName, groupName, ConsumerMode.IN_ORDER);
		return new InOrderConsumer(parts.settings(), parts.kafka(), parts.code(), this.runtime);
	}

	FastConsumer fast(String beanName, String typeName, String groupName) {
		Parts parts = parts(beanName, typeName, groupName, ConsumerMode.FAST);
		return new FastConsumer(parts.settings(), parts.kafka(), parts.code(), this.runtime);
	}

	private Parts parts(String beanName, String typeName, String groupName, ConsumerMode mode) {
		HandlerMethod method = this.methods.get(beanName, typeName, groupName);
		HandlerSignature signature = HandlerSignature.of(method);
		try {
			return parts(method, signature, mode);
		}
		catch (ConsumerConfigurationException ex) {
			if (ex.value() == null) {
				checkSettings();
			}
			throw ex;
		}
	}

	/**
	 * What is missing may stand under a misspelt name. The names of consumers that the
	 * application makes itself are not known before they are made, but where their beans
	 * are named alike.
	 */
	private void checkSettings() {
		List<String> names = List.of(this.beans.getBeanNamesForType(QueueConsumer.class, true, false));
		if (names.stream().allMatch((name) -> name.startsWith(ConsumerNaming.PREFIX))) {
			this.settings.check(names.stream().map((name) -> name.substring(ConsumerNaming.PREFIX.length())).toList());
		}
	}

	private Parts parts(HandlerMethod method, HandlerSignature signature, ConsumerMode mode) {
		String groupName = method.groupName();
		ConsumerProperties own = this.properties.own(groupName);
		ConsumerProperties properties = own.orElse(this.properties.defaults());
		String name = method.consumerName();
		String groupId = groupId(name, groupName, properties.groupId());
		List<String> topics = topics(own, method, properties);
		String servers = this.bootstrapServers.get(name, properties.servers(), topics);
		ConsumerSettings.Builder builder = builder(mode, name, groupId, topics, properties).bootstrapServers(servers);
		Map<String, Object> raw = (properties.properties() != null) ? Map.copyOf(properties.properties()) : Map.of();
		String bundle = (properties.ssl() != null) ? properties.ssl().bundle() : null;
		ClientSettingNames.warn(name, raw, !this.customizers.isEmpty());
		Map<String, Object> client = KafkaClientSettings.build(builder.build(), new KafkaClientOptions(servers,
				Objects.requireNonNullElse(properties.autoOffsetReset(), KafkaClientOptions.DEFAULT_AUTO_OFFSET_RESET),
				Objects.requireNonNullElse(properties.groupProtocol(), KafkaClientOptions.DEFAULT_GROUP_PROTOCOL),
				this.ssl.apply(name, bundle, raw), this.customizers));
		ConsumerSettings settings = builder.maxPollInterval(KafkaClientSettings.maxPollInterval(client))
			.sessionTimeout(KafkaClientSettings.sessionTimeout(client))
			.resetDuration(KafkaClientSettings.resetDuration(client))
			.build();
		UserCode code = new UserCode(
				new MethodMessageHandler(signature, method.method(), () -> this.beans.getBean(method.beanName())),
				unpacker(method, signature, properties.unpacker()), signature.payloadType(),
				healthCheck(name, properties.healthCheck()));
		return new Parts(settings, () -> KafkaClientSettings.open(settings, client), code);
	}

	private String groupId(String name, String groupName, @Nullable String configured) {
		String service = this.properties.serviceName();
		if (configured != null) {
			ConsumerNaming.check(name, configured, service);
			return configured;
		}
		if (service == null) {
			throw new ConsumerConfigurationException(name, "service-name", null,
					"the consumer group must look like {service_name}.{group_name}, and no service name is known",
					"set spring.application.name=my_service, or baseplate.kafka.service-name, or group-id");
		}
		ConsumerNaming.checkServiceName(name, service);
		return ConsumerNaming.groupId(service, groupName);
	}

	private static List<String> topics(ConsumerProperties own, HandlerMethod method, ConsumerProperties properties) {
		if (own.topics() != null) {
			return own.topics();
		}
		if (!method.topics().isEmpty()) {
			return method.topics();
		}
		return (properties.topics() != null) ? properties.topics() : List.of();
	}

	private ConsumerSettings.Builder builder(ConsumerMode mode, String name, String groupId, List<String> topics,
			ConsumerProperties properties) {
		ConsumerSettings.Builder builder = (mode == ConsumerMode.IN_ORDER)
				? ConsumerSettings.inOrder(name, groupId, topics) : ConsumerSettings.fast(name, groupId, topics);
		RestartBackoff backoff = properties.restartBackoff();
		ifSet(commit(mode, name, properties), builder::commit);
		ifSet(ordering(mode, name, properties), builder::ordering);
		ifSet(properties.batchSize(), builder::batchSize);
		ifSet(concurrency(mode, name, properties), builder::maxConcurrency);
		ifSet(properties.maxUncommitted(), builder::maxUncommitted);
		ifSet(properties.commitInterval(), builder::commitInterval);
		ifSet(properties.brokerAwayAfter(), builder::brokerAwayAfter);
		ifSet(properties.onFailure(), builder::onFailure);
		ifSet(properties.autoStartup(), builder::autoStartup);
		ifSet(properties.clientName(), builder::clientName);
		if (backoff != null) {
			builder.restartBackoff(Objects.requireNonNullElse(backoff.initial(), Duration.ofSeconds(1)),
					Objects.requireNonNullElse(backoff.max(), Duration.ofSeconds(60)));
		}
		return builder.missingTopicsFail(properties.missingTopics() != MissingTopics.WARN)
			.stopTimeout(this.stopTimeouts.effective(name, properties.stopTimeout()));
	}

	/**
	 * A default for all consumers cannot suit both modes: of one that does not fit, only
	 * the consumer's own setting is an error.
	 */
	private @Nullable CommitStrategy commit(ConsumerMode mode, String name, ConsumerProperties properties) {
		CommitStrategy commit = properties.commit();
		boolean own = this.properties.own(name.substring(ConsumerNaming.PREFIX.length())).commit() != null;
		return (commit == null || own || commit.mode() == mode) ? commit : null;
	}

	private @Nullable Ordering ordering(ConsumerMode mode, String name, ConsumerProperties properties) {
		boolean own = this.properties.own(name.substring(ConsumerNaming.PREFIX.length())).ordering() != null;
		return (own || mode == ConsumerMode.FAST) ? properties.ordering() : null;
	}

	private @Nullable Integer concurrency(ConsumerMode mode, String name, ConsumerProperties properties) {
		boolean own = this.properties.own(name.substring(ConsumerNaming.PREFIX.length())).maxConcurrency() != null;
		return (own || mode == ConsumerMode.FAST) ? properties.maxConcurrency() : null;
	}

	private static <T> void ifSet(@Nullable T value, java.util.function.Consumer<T> setter) {
		if (value != null) {
			setter.accept(value);
		}
	}

	/**
	 * A user's unpacker is not asked about the type: what it binds is its own affair.
	 */
	private MessageUnpacker unpacker(HandlerMethod method, HandlerSignature signature, @Nullable String bean) {
		if (StringUtils.hasText(bean)) {
			return bean(method.consumerName(), "unpacker", bean, MessageUnpacker.class);
		}
		Type type = signature.payloadType();
		String problem = (type != null) ? this.unpacker.unbindable(type) : null;
		if (type != null && problem != null) {
			throw HandlerSignature.refuse(method,
					"no body can be unpacked to its payload parameter of type " + type.getTypeName() + ": " + problem,
					"use a record, a class with a default constructor or a @JsonCreator, Map<String, Object>, String"
							+ " or byte[], or name your own MessageUnpacker" + " bean in 'unpacker'");
		}
		return this.unpacker;
	}

	private @Nullable ConsumerHealthCheck healthCheck(String name, @Nullable String bean) {
		return StringUtils.hasText(bean) ? bean(name, "health-check", bean, ConsumerHealthCheck.class) : null;
	}

	private <T> T bean(String name, String property, String bean, Class<T> type) {
		String[] names = this.beans.getBeanNamesForType(type);
		if (!this.beans.containsBean(bean) || !this.beans.isTypeMatch(bean, type)) {
			throw new ConsumerConfigurationException(name, property, bean,
					"there is no bean of this name that is a " + type.getSimpleName(),
					(names.length > 0) ? "use one of " + List.of(names) : "declare a bean of this name and type");
		}
		return this.beans.getBean(bean, type);
	}

	private record Parts(ConsumerSettings settings, Supplier<Consumer<byte[], byte[]>> kafka, UserCode code) {
	}

}
