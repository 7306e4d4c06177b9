package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.autoconfigure.ConsumerPropertyFinder.Found;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Says which values a property can have, as they are written in the documentation. Spring
 * Boot's own analyzer of such failures, which comes after this one, lists the names of
 * Java's constants and types, and of the property not what was written.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("baseplate.kafka");

	private static final ConfigurationPropertyName CONSUMERS = PREFIX.append("consumers");

	private final Environment environment;

	private final ConsumerPropertyFinder properties;

	UnknownValueFailureAnalyzer(Environment environment) {
		this.environment = environment;
		this.properties = new ConsumerPropertyFinder(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		if (!PREFIX.isAncestorOf(cause.getName())) {
			return null;
		}
		Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(cause.getTarget().getType().resolve(Object.class));
		ConfigurationProperty property = cause.getProperty();
		if (type.isEnum() && property != null) {
			return unknown(type, property, cause);
		}
		String takes = takes(type, cause.getName());
		return (takes != null) ? unconvertible(takes, cause) : null;
	}

	private FailureAnalysis unknown(Class<?> type, ConfigurationProperty property, BindException cause) {
		String values = (type == CommitStrategy.class) ? strategies(property.getName()) : values(type, (value) -> true);
		String name = this.properties.written(property.getName());
		String setBy = (property.getOrigin() != null) ? property.getOrigin().toString() : "the property " + name;
		return new FailureAnalysis(
				"The property '%s' has a value that does not exist:%n%n    Value: \"%s\"%n    Set by: %s%n    Reason: It is none of %s"
					.formatted(name, property.getValue(), setBy, values),
				"Set '%s' to one of %s.".formatted(name, values), cause);
	}

	/**
	 * Those of the mode of the consumer. That of its property is known for certain; what
	 * is said of all consumers the annotation may know better.
	 */
	private String strategies(ConfigurationPropertyName commit) {
		ConsumerMode mode = CONSUMERS.isAncestorOf(commit) ? mode(commit.getParent().append("mode")) : null;
		if (mode != null) {
			return strategies(mode);
		}
		return strategies(ConsumerMode.IN_ORDER) + " (in order), " + strategies(ConsumerMode.FAST) + " (fast)";
	}

	private static String strategies(ConsumerMode mode) {
		return values(CommitStrategy.class, (value) -> ((CommitStrategy) value).mode() == mode);
	}

	private @Nullable ConsumerMode mode(ConfigurationPropertyName name) {
		try {
			return Binder.get(this.environment).bind(name.toString(), ConsumerMode.class).orElse(null);
		}
		catch (BindException ex) {
			// It does not exist either, which is to be said when this one is mended.
			return null;
		}
	}

	private static String values(Class<?> type, Predicate<Object> wanted) {
		return Arrays.stream(type.getEnumConstants())
			.filter(wanted)
			.map((value) -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.collect(Collectors.joining(", "));
	}

	private FailureAnalysis unconvertible(String takes, BindException cause) {
		Found found = this.properties.findExactly(cause.getName());
		String name = (found != null) ? found.property() : this.properties.written(cause.getName());
		String value = (found != null) ? "%n    Value: \"%s\"%n    Set by: %s".formatted(found.value(), found.setBy())
				: "";
		return new FailureAnalysis("The property '%s' has a value that it cannot have:%n%s%n    Reason: It takes %s"
			.formatted(name, value, takes), "Correct '%s': it takes %s.".formatted(name, takes), cause);
	}

	/**
	 * What a property of a type takes, with an example.
	 */
	private static @Nullable String takes(Class<?> type, ConfigurationPropertyName name) {
		if (type == Integer.class) {
			return "a whole number, such as 16, of at most " + Integer.MAX_VALUE;
		}
		if (type == Boolean.class) {
			return "true or false";
		}
		if (type == Duration.class) {
			return "a duration, such as 500ms, 5s or 1m (a number without a unit is milliseconds)";
		}
		if (type == ConsumerProperties.class || CONSUMERS.equals(name)) {
			return "no value of its own, and is no list; each consumer stands under its group name, such as "
					+ "baseplate.kafka.consumers.link_consumer_v0.mode: fast";
		}
		if (type.isRecord()) {
			return "no value of its own, but these beneath it: " + Arrays.stream(type.getRecordComponents())
				.map(RecordComponent::getName)
				.map(DataObjectPropertyName::toDashedForm)
				.collect(Collectors.joining(", "));
		}
		if (Map.class.isAssignableFrom(type)) {
			return "no value of its own, but names and values beneath it, such as fetch.min.bytes: 1024";
		}
		return null;
	}

}
