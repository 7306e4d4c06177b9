package io.baseplate.kafka.autoconfigure;

import io.baseplate.kafka.autoconfigure.ConsumerPropertyFinder.Found;
import io.baseplate.kafka.consumer.ConsumerStartException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * Says why the brokers would not have a consumer, and which properties to look at.
 */
class ConsumerStartFailureAnalyzer extends AbstractFailureAnalyzer<ConsumerStartException> {

	private final ConsumerPropertyFinder properties;

	ConsumerStartFailureAnalyzer(Environment environment) {
		this.properties = new ConsumerPropertyFinder(environment);
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ConsumerStartException cause) {
		String description = "The Kafka consumer '%s' could not start: %s%s".formatted(cause.consumer(),
				cause.problem(), because(cause));
		return new FailureAnalysis(description, action(cause), cause);
	}

	private static String because(ConsumerStartException cause) {
		Throwable root = NestedExceptionUtils.getRootCause(cause);
		if (root == null || root.getMessage() == null || cause.problem().contains(root.getMessage())) {
			return "";
		}
		return "%n%n    Reason: %s: %s".formatted(root.getClass().getSimpleName(), root.getMessage());
	}

	private String action(ConsumerStartException cause) {
		String consumer = cause.consumer();
		return switch (cause.reason()) {
			case NO_METADATA ->
				"""
						Check that a broker answers there, or set '%s' to brokers that do, such as kafka-1:9092,kafka-2:9092%s. \
						Without that property, a dev broker starts inside the application where \
						baseplate-kafka-dev-broker is on the class path. Where the brokers want TLS or a login, set '%s' \
						too."""
					.formatted(shared(consumer, "bootstrap-servers"), setBy(consumer, "bootstrap-servers"),
							shared(consumer, "properties.security.protocol"));
			case MISSING_TOPIC -> """
					Create the topic, or correct '%s'%s. To start without it, and to read it as soon as it exists, \
					set '%s' to 'warn'.""".formatted(own(consumer, "topics"), setBy(consumer, "topics"),
					shared(consumer, "missing-topics"));
			case INVALID_TOPIC ->
				"""
						Correct '%s'%s: the name of a topic has letters (a to z, A to Z), digits, '.', '_' and '-' only, and at \
						most 249 of them; several topics are separated by commas.%s"""
					.formatted(own(consumer, "topics"), setBy(consumer, "topics"), cause.problem().contains("${")
							? " The placeholder stands there as it is because it has no value." : "");
			case AUTHENTICATION -> """
					Correct the credentials: '%s' and '%s' for a login, '%s' for a client certificate; '%s' must be \
					what the brokers' listener wants.""".formatted(shared(consumer, "properties.sasl.mechanism"),
					shared(consumer, "properties.sasl.jaas.config"), shared(consumer, "ssl.bundle"),
					shared(consumer, "properties.security.protocol"));
			case AUTHORIZATION -> """
					Have the application's user permitted to READ and DESCRIBE the topics ('%s'%s) and to READ the \
					group ('%s'%s).""".formatted(own(consumer, "topics"), setBy(consumer, "topics"),
					own(consumer, "group-id"), setBy(consumer, "group-id"));
			case CLIENT_SETTINGS -> """
					Correct the client settings under '%s' or '%s', or what a KafkaClientCustomizer makes of them."""
				.formatted(own(consumer, "properties"), "baseplate.kafka.properties");
			case OTHER -> "Look at the cause in the log, which is what the Kafka client said.";
		};
	}

	private String own(String consumer, String setting) {
		Found found = this.properties.find(consumer, setting);
		return (found != null) ? found.property() : ConsumerPropertyFinder.path(consumer, setting);
	}

	private String shared(String consumer, String setting) {
		Found found = this.properties.find(consumer, setting);
		return (found != null) ? found.property() : ConsumerPropertyFinder.sharedPath(setting);
	}

	private String setBy(String consumer, String setting) {
		Found found = this.properties.find(consumer, setting);
		return (found != null) ? " (now set by " + found.setBy() + ")" : "";
	}

}
