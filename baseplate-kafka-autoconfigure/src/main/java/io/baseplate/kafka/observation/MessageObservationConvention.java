package io.baseplate.kafka.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names and tags the observation of a message. A bean of this type replaces the
 * {@link DefaultMessageObservationConvention};
 * {@link OpenTelemetryMessageObservationConvention} is ready to be one. Called on handler
 * threads, side by side, at the start of each message and again at its end. It applies to
 * {@link ObservationStyle#OBSERVATION} only.
 */
public interface MessageObservationConvention extends ObservationConvention<MessageObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof MessageObservationContext;
	}

}
