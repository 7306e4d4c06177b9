package io.baseplate.kafka.autoconfigure;

import java.nio.file.Path;
import java.util.Map;

import io.baseplate.kafka.observation.ObservationStyle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings that all consumers share.
 *
 * @param enabled whether the starter does anything
 * @param serviceName the {service_name} of consumer groups. Default:
 * spring.application.name
 * @param consumers settings of single consumers, by {group_name}
 * @param observation spans and metrics
 * @param devBroker the broker inside the application, for development
 */
@ConfigurationProperties("baseplate.kafka")
public record BaseplateKafkaProperties(@DefaultValue("true") boolean enabled, @Nullable String serviceName,
		@DefaultValue Map<String, ConsumerProperties> consumers, @DefaultValue Observation observation,
		@DefaultValue DevBroker devBroker) {

	/**
	 * Spans and metrics.
	 *
	 * @param style how a message is recorded: observation (Micrometer's Observation API),
	 * lean (the same span and metrics, made directly) or none (metrics only)
	 * @param reader whether each read is a span as well
	 */
	public record Observation(@DefaultValue("observation") ObservationStyle style,
			@DefaultValue("false") boolean reader) {
	}

	/**
	 * The broker inside the application, for development.
	 *
	 * @param enabled whether it starts where no brokers are configured. Default: true
	 * where it is on the classpath, false in an executable jar
	 * @param port the port it listens on, 0 for any free one
	 * @param dataDir where it keeps its data. Default: a temporary directory
	 */
	public record DevBroker(@Nullable Boolean enabled, @DefaultValue("0") int port, @Nullable Path dataDir) {
	}

}
