package io.baseplate.kafka.observation;

/**
 * How messages are observed: {@code baseplate.kafka.observation.style}. The style decides
 * about spans only. Metrics are recorded in every style, as they cost a tenth of a
 * microsecond a message.
 */
public enum ObservationStyle {

	/**
	 * With Micrometer's Observation API, so that every {@code ObservationHandler},
	 * filter, predicate and convention of the application applies. The default.
	 */
	OBSERVATION,

	/**
	 * The same spans with the same tags, made directly with Micrometer's {@code Tracer},
	 * at a quarter of the cost. Observation handlers, filters, predicates and conventions
	 * do not apply, and {@link io.baseplate.kafka.MessageContext#observation()} is
	 * {@code NOOP}.
	 */
	LEAN,

	/**
	 * No spans; {@link io.baseplate.kafka.MessageContext#observation()} is {@code NOOP}.
	 */
	NONE

}
