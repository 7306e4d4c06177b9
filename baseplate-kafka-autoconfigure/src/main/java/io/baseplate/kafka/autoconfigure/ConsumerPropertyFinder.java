package io.baseplate.kafka.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

import io.baseplate.kafka.consumer.ConsumerNaming;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Finds where a setting of a consumer was set: the property of the consumer itself, else
 * the default of all consumers. Looks at the names that are there instead of asking for
 * one, because a group name may be written in several ways ({@code link_consumer_v0} in
 * YAML, {@code LINKCONSUMERV0} as an environment variable).
 */
final class ConsumerPropertyFinder {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("baseplate.kafka");

	private static final ConfigurationPropertyName CONSUMERS = PREFIX.append("consumers");

	private final Environment environment;

	ConsumerPropertyFinder(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Find what holds for a consumer.
	 * @param consumerName the consumer's name
	 * @param setting the setting, as the per-consumer property is called
	 * @return the property, or {@code null} where no property says anything
	 */
	@Nullable Found find(String consumerName, String setting) {
		Found own = findOwn(consumerName, setting);
		return (own != null) ? own : findShared(setting);
	}

	/**
	 * Find the property of the consumer itself.
	 * @param consumerName the consumer's name
	 * @param setting the setting, as the per-consumer property is called
	 * @return the property, or {@code null}
	 */
	@Nullable Found findOwn(String consumerName, String setting) {
		String group = uniform(group(consumerName));
		String wanted = uniform(setting);
		int depth = CONSUMERS.getNumberOfElements();
		return find(path(consumerName, setting),
				(name) -> CONSUMERS.isAncestorOf(name) && name.getNumberOfElements() > depth + 1
						&& uniform(name.getElement(depth, Form.ORIGINAL)).equals(group)
						&& rest(name, depth + 1).equals(wanted));
	}

	/**
	 * Find the default of all consumers.
	 * @param setting the setting, as the per-consumer property is called
	 * @return the property, or {@code null}
	 */
	@Nullable Found findShared(String setting) {
		String wanted = uniform(setting);
		int depth = PREFIX.getNumberOfElements();
		return find(sharedPath(setting), (name) -> PREFIX.isAncestorOf(name) && rest(name, depth).equals(wanted));
	}

	/**
	 * Find a setting by what it was set to. Not among the settings of the Kafka client,
	 * which may be secrets.
	 * @param wanted whether that is it, placeholders not resolved
	 * @return the property, or {@code null}
	 */
	@Nullable Found findByValue(Predicate<String> wanted) {
		for (ConfigurationPropertySource source : sources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					boolean asked = PREFIX.isAncestorOf(name) && !isClientSetting(name);
					ConfigurationProperty property = asked ? iterable.getConfigurationProperty(name) : null;
					if (property != null && wanted.test(String.valueOf(property.getValue()))) {
						return new Found(join(name), property.getValue(), property.getOrigin());
					}
				}
			}
		}
		return null;
	}

	/**
	 * Find any other property, such as {@code spring.application.name}.
	 * @param name the name of the property
	 * @return the property, or {@code null}
	 */
	@Nullable Found findExactly(String name) {
		return find(name, ConfigurationPropertyName.of(name)::equals);
	}

	/**
	 * Find a property as it was written where it was set.
	 * @param name the name in any form
	 * @return the property, or {@code null}
	 */
	@Nullable Found findExactly(ConfigurationPropertyName name) {
		return find(written(name), name::equals);
	}

	/**
	 * The name of a property as it was written where it was set: a group name has its
	 * underscores there.
	 * @param name the name in any form
	 * @return the name
	 */
	String written(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : sources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName candidate : iterable) {
					if (candidate.equals(name)) {
						return join(candidate);
					}
				}
			}
		}
		return join(name);
	}

	/**
	 * Whether a property is a raw setting of the Kafka client.
	 * @param name the name of the property
	 * @return whether it is one
	 */
	static boolean isClientSetting(ConfigurationPropertyName name) {
		return join(name).matches(".*\\.properties[.\\[].*");
	}

	static String join(ConfigurationPropertyName name) {
		StringBuilder joined = new StringBuilder();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			String element = name.getElement(i, Form.ORIGINAL);
			if (element.indexOf('.') != -1 || name.isNumericIndex(i)) {
				joined.append('[').append(element).append(']');
			}
			else {
				joined.append(joined.isEmpty() ? "" : ".").append(element);
			}
		}
		return joined.toString();
	}

	/**
	 * The property to set for a consumer.
	 * @param consumerName the consumer's name
	 * @param setting the setting, as the per-consumer property is called
	 * @return the full name of the property
	 */
	static String path(String consumerName, String setting) {
		String group = group(consumerName);
		return CONSUMERS + (group.matches("[a-zA-Z0-9_-]+") ? "." + group : "[" + group + "]") + "." + setting;
	}

	/**
	 * The property to set for all consumers.
	 * @param setting the setting, as the per-consumer property is called
	 * @return the full name of the property
	 */
	static String sharedPath(String setting) {
		return PREFIX + "." + setting;
	}

	private @Nullable Found find(String shown, Predicate<ConfigurationPropertyName> wanted) {
		for (ConfigurationPropertySource source : sources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					ConfigurationProperty property = wanted.test(name) ? iterable.getConfigurationProperty(name) : null;
					if (property != null) {
						return new Found(shown, property.getValue(), property.getOrigin());
					}
				}
			}
		}
		return null;
	}

	private Iterable<ConfigurationPropertySource> sources() {
		return (this.environment instanceof ConfigurableEnvironment configurable)
				? ConfigurationPropertySources.from(configurable.getPropertySources()) : List.of();
	}

	/**
	 * What of a name says which setting it is. An element of a list is of the setting
	 * that the list is.
	 */
	private static String rest(ConfigurationPropertyName name, int from) {
		StringBuilder rest = new StringBuilder();
		int last = name.getNumberOfElements() - 1;
		int to = name.isNumericIndex(last) ? last : last + 1;
		for (int i = from; i < to; i++) {
			rest.append(uniform(name.getElement(i, Form.ORIGINAL)));
		}
		return rest.toString();
	}

	private static String group(String consumerName) {
		return consumerName.startsWith(ConsumerNaming.PREFIX) ? consumerName.substring(ConsumerNaming.PREFIX.length())
				: consumerName;
	}

	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
	}

	/**
	 * A property that is set.
	 *
	 * @param property its name, as one would write it in YAML
	 * @param value its value, placeholders not resolved
	 * @param origin where it was set, or {@code null} where that is not known
	 */
	record Found(String property, Object value, @Nullable Origin origin) {

		String setBy() {
			return (this.origin != null) ? this.origin.toString() : "the property " + this.property;
		}

	}

}
