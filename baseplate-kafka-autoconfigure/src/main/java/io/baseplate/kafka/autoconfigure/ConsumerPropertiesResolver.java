package io.baseplate.kafka.autoconfigure;

import java.util.Locale;

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

	static boolean isPlain(String groupName) {
		return groupName.matches("[a-zA-Z0-9_-]+");
	}

	static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
	}

}
