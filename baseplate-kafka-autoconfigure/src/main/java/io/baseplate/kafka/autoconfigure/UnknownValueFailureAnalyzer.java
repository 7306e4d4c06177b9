package io.baseplate.kafka.autoconfigure;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Says which values a property can have, as they are written in the documentation. Spring
 * Boot's own analyzer of such failures, which comes after this one, lists the names of
 * Java's constants.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownValueFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("baseplate.kafka");

	private final ConsumerPropertyFinder properties;

	UnknownValueFailureAnalyzer(Environment environment) {
		this.properties = new ConsumerPropertyFinder(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		Class<?> type = cause.getTarget().getType().resolve(Object.class);
		ConfigurationProperty property = cause.getProperty();
		if (!type.isEnum() || property == null || !PREFIX.isAncestorOf(property.getName())) {
			return null;
		}
		String values = Arrays.stream(type.getEnumConstants())
			.map((value) -> ((Enum<?>) value).name().toLowerCase(Locale.ROOT).replace('_', '-'))
			.collect(Collectors.joining(", "));
		String name = this.properties.written(property.getName());
		String setBy = (property.getOrigin() != null) ? property.getOrigin().toString() : "the property " + name;
		return new FailureAnalysis(
				"The property '%s' has a value that does not exist:%n%n    Value: \"%s\"%n    Set by: %s%n    Reason: It is none of %s"
					.formatted(name, property.getValue(), setBy, values),
				"Set '%s' to one of %s.".formatted(name, values), cause);
	}

}
