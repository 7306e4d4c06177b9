package io.baseplate.kafka.autoconfigure;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.ConsumerNaming;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses settings that nothing reads, which are typos, and placeholders without a value.
 */
final class SettingsCheck {

	private static final Logger logger = LoggerFactory.getLogger(SettingsCheck.class);

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("baseplate.kafka");

	private static final ConfigurationPropertyName CONSUMERS = PREFIX.append("consumers");

	private static final int KEY = CONSUMERS.getNumberOfElements();

	private static final String LIST_REMEDY = "have the group name of each consumer as a key, such as "
			+ "baseplate.kafka.consumers.link_consumer_v0.mode=fast";

	private final Environment environment;

	private final boolean related;

	/**
	 * Create a new instance.
	 * @param environment where the settings are
	 * @param related whether other contexts may have the same settings, and the handlers
	 * for some of them
	 */
	SettingsCheck(Environment environment, boolean related) {
		this.environment = environment;
		this.related = related;
	}

	/**
	 * Whether a context has a parent, or is about to become one.
	 * @param context the context, which is being refreshed by this thread
	 * @return whether there is, or will be, another context with the same environment
	 */
	static boolean isRelated(ApplicationContext context) {
		return context.getParent() != null || isStartedByItsChild();
	}

	/**
	 * Nothing but the stack tells a parent from any other context: a builder runs it
	 * while that of its child runs.
	 */
	private static boolean isStartedByItsChild() {
		return StackWalker.getInstance()
			.walk((frames) -> frames
				.filter((frame) -> frame.getClassName().equals(SpringApplicationBuilder.class.getName())
						&& frame.getMethodName().equals("run"))
				.count()) > 1;
	}

	/**
	 * Refuse what is set of consumers that do not exist, and settings that do not exist.
	 * @param groupNames the group names of all consumers
	 */
	void check(Collection<String> groupNames) {
		Set<String> plain = groupNames.stream()
			.filter(ConsumerPropertiesResolver::isPlain)
			.map(ConsumerPropertiesResolver::uniform)
			.collect(Collectors.toSet());
		checkKeys(groupNames, plain);
		for (ConfigurationPropertySource source : sources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				checkNames(iterable, groupNames, plain);
			}
		}
	}

	private void checkKeys(Collection<String> groupNames, Set<String> plain) {
		Map<String, Object> consumers = Binder.get(this.environment)
			.bind(CONSUMERS, Bindable.mapOf(String.class, Object.class))
			.orElse(Map.of());
		for (String key : consumers.keySet()) {
			boolean matches = matches(key, groupNames, plain);
			if (!matches && key.matches("\\d+")) {
				throw new ConsumerConfigurationException(ConsumerNaming.consumerName(key), leaf(consumers.get(key)),
						null, "consumers is a list", LIST_REMEDY);
			}
			if (!matches && this.related) {
				logger.warn("No consumer of this context has the group name '{}', of which baseplate.kafka.consumers "
						+ "has settings; this context has {}", key, new TreeSet<>(groupNames));
			}
			else if (!matches) {
				throw new ConsumerConfigurationException(ConsumerNaming.consumerName(key), leaf(consumers.get(key)),
						null, "no consumer has the group name '" + key + "'",
						groupNames.isEmpty()
								? "remove it, or annotate a method with @KafkaMessageHandler(\"" + key + "\")"
								: "use one of " + new TreeSet<>(groupNames) + variable(key, plain));
			}
		}
	}

	private static boolean matches(String key, Collection<String> groupNames, Set<String> plain) {
		return groupNames.contains(key)
				|| (ConsumerPropertiesResolver.isPlain(key) && plain.contains(ConsumerPropertiesResolver.uniform(key)));
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

	/**
	 * What an environment variable should be called that has the group name with its
	 * underscores: these end the key.
	 */
	private String variable(String key, Set<String> plain) {
		for (ConfigurationPropertySource source : sources()) {
			if (isVariables(source) && source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (CONSUMERS.isAncestorOf(name) && name.getElement(KEY, Form.UNIFORM).equals(key)) {
						String right = rightVariable(name, plain);
						if (right != null) {
							return ". The environment variable is called " + right
									+ ", for there a group name has no underscores";
						}
					}
				}
			}
		}
		return "";
	}

	private static @Nullable String rightVariable(ConfigurationPropertyName name, Set<String> plain) {
		StringBuilder group = new StringBuilder();
		for (int i = KEY; i < name.getNumberOfElements() - 1; i++) {
			group.append(name.getElement(i, Form.UNIFORM));
			if (plain.contains(group.toString())) {
				StringBuilder right = new StringBuilder("BASEPLATE_KAFKA_CONSUMERS_").append(group);
				for (int k = i + 1; k < name.getNumberOfElements(); k++) {
					right.append('_').append(name.getElement(k, Form.UNIFORM));
				}
				return right.toString().toUpperCase(Locale.ROOT);
			}
		}
		return null;
	}

	private void checkNames(IterableConfigurationPropertySource source, Collection<String> groupNames,
			Set<String> plain) {
		boolean variables = isVariables(source);
		for (ConfigurationPropertyName name : source) {
			boolean own = CONSUMERS.isAncestorOf(name);
			boolean ours = own ? matches(name.getElement(KEY, Form.ORIGINAL), groupNames, plain)
					: PREFIX.isAncestorOf(name);
			if (ours && !exists(name, own, variables)) {
				unknown(name, own, source.getConfigurationProperty(name), variables);
			}
		}
	}

	private static boolean exists(ConfigurationPropertyName name, boolean own, boolean variables) {
		KnownSettings known = own ? KnownSettings.OF_ONE : KnownSettings.OF_ALL;
		int from = own ? KEY + 1 : KEY - 1;
		return name.getNumberOfElements() == from
				|| (variables ? known.containsVariable(name, from) : known.contains(name, from));
	}

	private static void unknown(ConfigurationPropertyName name, boolean own, @Nullable ConfigurationProperty property,
			boolean variable) {
		String written = ConsumerPropertyFinder.join(name);
		String parent = ConsumerPropertyFinder.join(name.chop(own ? KEY + 1 : KEY - 1));
		String setting = written.substring(parent.length()).replaceFirst("^\\.", "");
		String remedy = remedy(parent, setting, own);
		String setBy = (property != null && property.getOrigin() != null) ? property.getOrigin().toString()
				: "the property " + written;
		if (variable) {
			logger.warn("Nothing reads the property '{}' (set by {}): {}", written, setBy, remedy);
			return;
		}
		throw new UnknownSettingException(written, setBy, remedy);
	}

	private static String remedy(String parent, String setting, boolean own) {
		KnownSettings known = own ? KnownSettings.OF_ONE : KnownSettings.OF_ALL;
		String nearest = known.nearest(setting);
		if (nearest == null && ConsumerConfig.configNames().contains(setting)) {
			nearest = "properties." + setting;
		}
		if (nearest != null) {
			return "did you mean '" + parent + "." + nearest + "'? Correct the name, or remove it";
		}
		String shared = own ? KnownSettings.OF_ALL.nearest(setting) : null;
		if (shared != null) {
			return "did you mean '" + ConsumerPropertyFinder.sharedPath(shared)
					+ "'? That is set for the whole application only";
		}
		return "remove it, or use one of " + known.names();
	}

	/**
	 * Refuse placeholders without a value, which would be taken for the value itself. Not
	 * those in the settings of the Kafka client, which has such of its own.
	 */
	void checkPlaceholders() {
		Set<ConfigurationPropertyName> seen = new HashSet<>();
		for (ConfigurationPropertySource source : sources()) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					boolean asked = PREFIX.isAncestorOf(name) && !ConsumerPropertyFinder.isClientSetting(name)
							&& exists(name, CONSUMERS.isAncestorOf(name), isVariables(source));
					if (asked && seen.add(name)) {
						resolve(iterable.getConfigurationProperty(name));
					}
				}
			}
		}
	}

	private void resolve(@Nullable ConfigurationProperty property) {
		if (property != null && property.getValue() instanceof CharSequence text) {
			this.environment.resolveRequiredPlaceholders(text.toString());
		}
	}

	private static boolean isVariables(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
	}

	private Iterable<ConfigurationPropertySource> sources() {
		return (this.environment instanceof ConfigurableEnvironment configurable)
				? ConfigurationPropertySources.from(configurable.getPropertySources()) : List.of();
	}

}
