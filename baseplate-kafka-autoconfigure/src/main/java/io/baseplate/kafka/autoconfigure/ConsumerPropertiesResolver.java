package io.baseplate.kafka.autoconfigure;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.ConsumerNaming;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Finds what holds for a consumer. Binds each consumer by its own name: Boot then takes
 * {@code link_consumer_v0} in YAML and {@code LINKCONSUMERV0} in the environment for the
 * same, and for every single property the source with the highest precedence wins.
 */
final class ConsumerPropertiesResolver {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("baseplate.kafka");

	private static final ConfigurationPropertyName CONSUMERS = PREFIX.append("consumers");

	private static final Bindable<ConsumerProperties> PROPERTIES = Bindable.of(ConsumerProperties.class);

	static final String LIST_REMEDY = "have the group name of each consumer as a key, such as "
			+ "baseplate.kafka.consumers.link_consumer_v0.mode=fast";

	private final Binder binder;

	private final Environment environment;

	ConsumerPropertiesResolver(Environment environment) {
		this.environment = environment;
		this.binder = Binder.get(environment);
	}

	/**
	 * The settings of one consumer alone.
	 * @param groupName the consumer's group name
	 * @return the settings
	 */
	ConsumerProperties own(String groupName) {
		String uniform = uniform(groupName);
		ConfigurationPropertyName name = isPlain(groupName) ? CONSUMERS.append(uniform)
				: ConfigurationPropertyName.of(CONSUMERS + "[" + groupName + "]");
		return this.binder.bind(name, PROPERTIES).orElse(ConsumerProperties.NONE);
	}

	/**
	 * The defaults of all consumers.
	 * @return the settings
	 */
	ConsumerProperties defaults() {
		return this.binder.bind(PREFIX, PROPERTIES).orElse(ConsumerProperties.NONE);
	}

	/**
	 * The service name.
	 * @return {@code baseplate.kafka.service-name}, else the application's name, else
	 * {@code null}
	 */
	@Nullable String serviceName() {
		String name = this.binder.bind("baseplate.kafka.service-name", String.class)
			.orElseGet(() -> this.environment.getProperty("spring.application.name", ""));
		return name.isBlank() ? null : name;
	}

	/**
	 * Refuse settings of consumers that do not exist: typos.
	 * @param groupNames the group names of all consumers
	 */
	void checkKeys(Collection<String> groupNames) {
		Map<String, Object> consumers = this.binder.bind(CONSUMERS, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of());
		Set<String> plain = groupNames.stream()
			.filter(ConsumerPropertiesResolver::isPlain)
			.map(ConsumerPropertiesResolver::uniform)
			.collect(Collectors.toSet());
		for (String key : consumers.keySet()) {
			boolean matches = groupNames.contains(key) || (isPlain(key) && plain.contains(uniform(key)));
			if (!matches && key.matches("\\d+")) {
				throw new ConsumerConfigurationException(ConsumerNaming.consumerName(key), leaf(consumers.get(key)),
						null, "consumers is a list", LIST_REMEDY);
			}
			if (!matches) {
				throw new ConsumerConfigurationException(ConsumerNaming.consumerName(key), leaf(consumers.get(key)),
						null, "no consumer has the group name '" + key + "'",
						groupNames.isEmpty()
								? "remove it, or annotate a method with @KafkaMessageHandler(\"" + key + "\")"
								: "use one of " + new TreeSet<>(groupNames));
			}
		}
	}

	/**
	 * The first property that is set of a consumer, by which the mistake can be found.
	 */
	private static String leaf(@Nullable Object value) {
		if (value instanceof Map<?, ?> map && !map.isEmpty()) {
			Map.Entry<?, ?> first = map.entrySet().iterator().next();
			String rest = leaf(first.getValue());
			return rest.isEmpty() ? String.valueOf(first.getKey()) : first.getKey() + "." + rest;
		}
		return "";
	}

	private static boolean isPlain(String groupName) {
		return groupName.matches("[a-zA-Z0-9_-]+");
	}

	static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
	}

}
