package io.baseplate.kafka;

/**
 * Customizes a consumer's health: the seed's {@code health_check_fn}. Called by whoever
 * asks for the health, never on the consumer's own threads. It can only make the health
 * worse: a consumer that is DOWN by itself stays DOWN.
 */
@FunctionalInterface
public interface ConsumerHealthCheck {

	/**
	 * Whether the consumer is healthy.
	 * @param status the consumer's status now
	 * @return {@code false} to report the consumer DOWN
	 */
	boolean isHealthy(ConsumerStatus status);

}
