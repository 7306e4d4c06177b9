package io.baseplate.kafka.observation;

import java.time.Clock;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the telemetry of consumers: spans and metrics. One for an application, closed
 * after its consumers. Neither Micrometer's core nor its tracing need be on the class
 * path where the parameters of their types are {@code null}. Any thread.
 */
public final class ConsumerTelemetryFactory implements Function<ConsumerSettings, ConsumerTelemetry>, AutoCloseable {

	private final SpansFactory spans;

	private final boolean reader;

	private final ConnectionMeters.@Nullable Source meters;

	private final EndpointTimestamp timestamp;

	private final Clock clock;

	/**
	 * Create a factory.
	 * @param observations where observations go, {@link ObservationRegistry#NOOP} for
	 * nowhere; used by {@link ObservationStyle#OBSERVATION} only
	 * @param meters where meters go in every style, or {@code null} for none
	 * @param tracer makes the spans of {@link ObservationStyle#LEAN}, or {@code null} for
	 * none
	 * @param propagator reads the parents of the spans of {@link ObservationStyle#LEAN},
	 * or {@code null} for none
	 * @param style how messages are observed
	 * @param reader whether reads are observed too
	 * @param convention names and tags the observations of messages in
	 * {@link ObservationStyle#OBSERVATION}, or {@code null} for the default
	 * @param timestamps finds {@code endpoint_timestamp}, in milliseconds since 1970, in
	 * a payload that is not a map: in the trees and beans of a JSON library. Called on
	 * handler threads for each such payload; returns {@code null} where there is none
	 * @param clock what {@code endpoint_timestamp} is compared with
	 */
	public ConsumerTelemetryFactory(ObservationRegistry observations, @Nullable MeterRegistry meters,
			@Nullable Tracer tracer, @Nullable Propagator propagator, ObservationStyle style, boolean reader,
			@Nullable MessageObservationConvention convention, Function<Object, @Nullable Number> timestamps,
			Clock clock) {
		this.spans = switch (style) {
			case OBSERVATION -> SpansFactory.observation(observations, convention);
			case LEAN ->
				(tracer != null && propagator != null) ? SpansFactory.lean(tracer, propagator) : SpansFactory.none();
			case NONE -> SpansFactory.none();
		};
		this.reader = reader && style != ObservationStyle.NONE;
		this.meters = (meters != null) ? new ConnectionMeters.Source(meters, observationNames(style, convention))
				: null;
		this.timestamp = new EndpointTimestamp(timestamps);
		this.clock = clock;
	}

	private static Set<String> observationNames(ObservationStyle style,
			@Nullable MessageObservationConvention convention) {
		Set<String> names = new HashSet<>();
		if (style == ObservationStyle.OBSERVATION) {
			for (KafkaConsumerObservation observation : KafkaConsumerObservation.values()) {
				names.add(observation.observationName());
			}
			String name = (convention != null) ? convention.getName() : null;
			if (name != null) {
				names.add(name);
			}
		}
		return names;
	}

	/**
	 * Make the telemetry of one consumer, for as long as it exists.
	 * @param settings the consumer's settings
	 * @return the telemetry
	 */
	@Override
	public ConsumerTelemetry apply(ConsumerSettings settings) {
		return new RecordingTelemetry(settings, this.spans.spans(settings), this.reader, this.meters, this.timestamp,
				this.clock);
	}

	/**
	 * End what consumers share: the thread that looks for new metrics of Kafka clients.
	 */
	@Override
	public void close() {
		if (this.meters != null) {
			this.meters.close();
		}
	}

}
