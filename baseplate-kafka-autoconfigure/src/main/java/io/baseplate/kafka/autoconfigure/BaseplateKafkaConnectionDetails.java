package io.baseplate.kafka.autoconfigure;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the Kafka brokers are, for consumers whose properties do not say. Inject it to
 * reach the same brokers, the dev broker included; declare a bean of this type to decide
 * it in code.
 */
@FunctionalInterface
public interface BaseplateKafkaConnectionDetails extends ConnectionDetails {

	/**
	 * The Kafka brokers.
	 * @return the brokers, comma separated
	 */
	String getBootstrapServers();

}
