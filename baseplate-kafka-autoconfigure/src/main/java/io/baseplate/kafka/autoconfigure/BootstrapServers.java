package io.baseplate.kafka.autoconfigure;

import java.util.Collection;

import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/**
 * Decides which brokers a consumer uses: those of its properties, else those of the
 * connection details bean, else the dev broker, else none: never a silent localhost.
 */
final class BootstrapServers {

	private final @Nullable String shared;

	private final ObjectProvider<BaseplateKafkaConnectionDetails> details;

	private final @Nullable EmbeddedBroker embedded;

	BootstrapServers(@Nullable String shared, ObjectProvider<BaseplateKafkaConnectionDetails> details,
			@Nullable EmbeddedBroker embedded) {
		this.shared = StringUtils.hasText(shared) ? shared : null;
		this.details = details;
		this.embedded = embedded;
	}

	/**
	 * The brokers of a consumer.
	 * @param consumerName the consumer's name
	 * @param configured what its properties say, those of all consumers included
	 * @param topics the topics that it reads, to be made on the dev broker
	 * @return the brokers, comma separated
	 */
	String get(String consumerName, @Nullable String configured, Collection<String> topics) {
		if (StringUtils.hasText(configured)) {
			return configured;
		}
		String servers = get();
		if (servers == null) {
			throw new ConsumerConfigurationException(consumerName, "bootstrap-servers", null,
					"no Kafka brokers are configured",
					"set baseplate.kafka.bootstrap-servers=localhost:9092, say, or put baseplate-kafka-dev-broker on the "
							+ "class path for a broker inside the application");
		}
		EmbeddedBroker embedded = this.embedded;
		if (embedded != null && embedded.isRunning()) {
			embedded.createTopics(topics);
		}
		return servers;
	}

	/**
	 * The brokers of everybody who does not say otherwise.
	 * @return the brokers, comma separated, or {@code null} where there are none
	 */
	@Nullable String get() {
		if (this.shared != null) {
			return this.shared;
		}
		BaseplateKafkaConnectionDetails details = this.details.getIfAvailable();
		if (details != null && !(details instanceof Default)) {
			return details.getBootstrapServers();
		}
		EmbeddedBroker embedded = this.embedded;
		return (embedded != null && embedded.isWanted()) ? embedded.bootstrapServers() : null;
	}

	/**
	 * The connection details where the user has declared none.
	 */
	interface Default extends BaseplateKafkaConnectionDetails {

	}

}
