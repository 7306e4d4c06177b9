package io.baseplate.kafka.autoconfigure;

import java.util.Locale;
import java.util.Set;

import io.baseplate.kafka.autoconfigure.ConsumerPropertyFinder.Found;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Says which setting of a consumer is wrong, where it was set, and what would be right.
 */
class ConsumerConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ConsumerConfigurationException> {

	/**
	 * What the annotation can say too, with more weight than the default of all
	 * consumers.
	 */
	private static final Set<String> ANNOTATED = Set.of("topics", "mode");

	/**
	 * What holds for the whole application only.
	 */
	private static final Set<String> SHARED_ONLY = Set.of("service-name");

	/**
	 * What is set for the whole application as a rule, so that this is what to name where
	 * nothing is set.
	 */
	private static final Set<String> SHARED_BY_DEFAULT = Set.of("service-name", "bootstrap-servers");

	private final BeanFactory beanFactory;

	private final ConsumerPropertyFinder properties;

	ConsumerConfigurationFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.properties = new ConsumerPropertyFinder(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ConsumerConfigurationException cause) {
		String setting = cause.property();
		if (isCode(setting)) {
			return new FailureAnalysis(
					"The Kafka consumer '%s' cannot be made because of %s:%n%n    Reason: %s"
						.formatted(cause.consumer(), setting, StringUtils.capitalize(cause.problem())),
					StringUtils.capitalize(cause.remedy()) + ".", cause);
		}
		Found source = source(cause);
		String property = (source != null) ? source.property() : property(cause.consumer(), setting);
		StringBuilder description = new StringBuilder();
		description.append(
				"The Kafka consumer '%s' cannot be made because of its %s:%n%n".formatted(cause.consumer(), setting));
		description.append("    Property: %s%n".formatted(property));
		description
			.append("    Value: %s%n".formatted((cause.value() != null) ? "\"" + cause.value() + "\"" : "(none)"));
		description.append("    Set by: %s%n".formatted(setBy(cause, source)));
		description.append("    Reason: %s".formatted(StringUtils.capitalize(cause.problem())));
		if (cause.value() != null && cause.value().contains("${")) {
			description.append(". The placeholder stands there as it is because it has no value");
		}
		return new FailureAnalysis(description.toString(), action(cause, property), cause);
	}

	/**
	 * An annotation or a type: no property is to blame.
	 */
	private static boolean isCode(String setting) {
		return setting.startsWith("@") || (!setting.isEmpty() && Character.isUpperCase(setting.charAt(0)));
	}

	private @Nullable Found source(ConsumerConfigurationException cause) {
		String setting = cause.property();
		if (SHARED_ONLY.contains(setting)) {
			Found shared = this.properties.findShared(setting);
			return (shared != null) ? shared : this.properties.findExactly("spring.application.name");
		}
		if (ANNOTATED.contains(setting)) {
			Found own = this.properties.findOwn(cause.consumer(), setting);
			Found shared = this.properties.findShared(setting);
			return (own == null && isSame(shared, cause.value())) ? shared : own;
		}
		return this.properties.find(cause.consumer(), setting);
	}

	private static boolean isSame(@Nullable Found property, @Nullable String value) {
		return property != null && value != null
				&& normalized(String.valueOf(property.value())).equals(normalized(value));
	}

	private static String normalized(String value) {
		return value.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
	}

	private String setBy(ConsumerConfigurationException cause, @Nullable Found source) {
		if (source != null) {
			return source.setBy();
		}
		String bean = describe(cause.consumer());
		if (cause.value() == null) {
			return "nothing" + ((bean != null) ? ", for " + bean : "");
		}
		return (bean != null) ? bean + ", or a default" : "no property: the code that makes the consumer, or a default";
	}

	private @Nullable String describe(String consumerName) {
		if (this.beanFactory instanceof ConfigurableListableBeanFactory listable
				&& listable.containsBeanDefinition(consumerName)) {
			return listable.getBeanDefinition(consumerName).getDescription();
		}
		return null;
	}

	private static String action(ConsumerConfigurationException cause, String property) {
		String remedy = StringUtils.capitalize(cause.remedy()) + ".";
		if (cause.property().equals("name")) {
			return remedy + " The name comes from the value of @KafkaMessageHandler, or from the code that makes the "
					+ "consumer.";
		}
		return "%s The property to change is '%s'; what else is named here stands beside it, under '%s'."
			.formatted(remedy, property, property.equals(ConsumerPropertyFinder.sharedPath(cause.property()))
					? ConsumerPropertyFinder.sharedPath("*") : ConsumerPropertyFinder.path(cause.consumer(), "*"));
	}

	private static String property(String consumerName, String setting) {
		return SHARED_BY_DEFAULT.contains(setting) ? ConsumerPropertyFinder.sharedPath(setting)
				: ConsumerPropertyFinder.path(consumerName, setting);
	}

}
