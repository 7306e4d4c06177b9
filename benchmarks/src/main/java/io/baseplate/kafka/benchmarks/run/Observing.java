package io.baseplate.kafka.benchmarks.run;

/**
 * What is recorded of each message.
 */
public enum Observing {

	/**
	 * Ours: the default, {@code observation.style=observation}, with Boot's tracer and
	 * its sampling. spring-kafka: {@code observation-enabled}.
	 */
	ON,

	/**
	 * Ours: {@code observation.style=lean}.
	 */
	LEAN,

	/**
	 * Ours: {@code observation.style=none}. The others: neither metrics nor spans.
	 */
	OFF

}
