package io.baseplate.kafka.autoconfigure;

import io.baseplate.kafka.autoconfigure.ConsumerPropertyFinder.Found;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.PlaceholderResolutionException;

/**
 * Says which placeholder of our properties has no value, and where it stands. Without,
 * Spring Boot shows nothing but a stack trace.
 */
class MissingPlaceholderFailureAnalyzer extends AbstractFailureAnalyzer<PlaceholderResolutionException> {

	private final ConsumerPropertyFinder properties;

	MissingPlaceholderFailureAnalyzer(Environment environment) {
		this.properties = new ConsumerPropertyFinder(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PlaceholderResolutionException cause) {
		String placeholder = cause.getPlaceholder();
		Found property = this.properties
			.findByValue((value) -> value.contains("${" + placeholder) || cause.getValues().contains(value));
		if (property == null) {
			return null;
		}
		return new FailureAnalysis(
				"The property '%s' has a placeholder without a value:%n%n    Value: \"%s\"%n    Set by: %s%n    Reason: Nothing is named '%s'"
					.formatted(property.property(), property.value(), property.setBy(), placeholder),
				"Set '%s', as an environment variable, say, or give the placeholder a default: ${%s:the default}."
					.formatted(placeholder, placeholder),
				cause);
	}

}
