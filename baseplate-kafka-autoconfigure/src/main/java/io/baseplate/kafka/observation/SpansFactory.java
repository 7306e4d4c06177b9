package io.baseplate.kafka.observation;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of one style. Apart from {@link ConsumerTelemetryFactory}, so that no
 * signature of that bean's fields and methods names what may not be on the class path.
 */
@FunctionalInterface
interface SpansFactory {

	Spans spans(ConsumerSettings settings);

	static SpansFactory none() {
		return (settings) -> new NoSpans();
	}

	static SpansFactory observation(ObservationRegistry registry, @Nullable MessageObservationConvention convention) {
		return (settings) -> new ObservationSpans(registry, convention, settings);
	}

	static SpansFactory lean(Tracer tracer, Propagator propagator) {
		return (settings) -> new LeanSpans(tracer, propagator, settings);
	}

}
