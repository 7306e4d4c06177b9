package io.baseplate.kafka.observation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;

/**
 * OpenTelemetry in memory, by both ways to it: observations and the tracer.
 */
final class TestSpans implements AutoCloseable {

	private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

	private final SdkTracerProvider provider;

	private final Tracer tracer;

	private final Propagator propagator;

	private final ObservationRegistry observations = ObservationRegistry.create();

	TestSpans() {
		this(Sampler.alwaysOn());
	}

	TestSpans(Sampler sampler) {
		this.provider = SdkTracerProvider.builder()
			.addSpanProcessor(SimpleSpanProcessor.create(this.exporter))
			.setSampler(sampler)
			.build();
		io.opentelemetry.api.trace.Tracer otel = this.provider.get("test");
		this.tracer = new OtelTracer(otel, new OtelCurrentTraceContext(), (event) -> {
		});
		this.propagator = new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
		this.observations.observationConfig()
			.observationHandler(new FirstMatchingCompositeObservationHandler(
					new PropagatingReceiverTracingObservationHandler<>(this.tracer, this.propagator),
					new DefaultTracingObservationHandler(this.tracer)));
	}

	ConsumerTelemetry telemetry(ObservationStyle style) {
		return telemetry(style, null);
	}

	ConsumerTelemetry telemetry(ObservationStyle style, MessageObservationConvention convention) {
		return new ConsumerTelemetryFactory(this.observations, null, this.tracer, this.propagator, style, true,
				convention, (payload) -> null, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
			.apply(TestTelemetry.settings("links", "new_links"));
	}

	Tracer tracer() {
		return this.tracer;
	}

	Propagator propagator() {
		return this.propagator;
	}

	ObservationRegistry observations() {
		return this.observations;
	}

	/**
	 * What has ended so far.
	 */
	List<SpanData> ended() {
		return this.exporter.getFinishedSpanItems();
	}

	SpanData only() {
		List<SpanData> ended = ended();
		if (ended.size() != 1) {
			throw new AssertionError("Not one span: " + ended);
		}
		return ended.get(0);
	}

	@Override
	public void close() {
		this.provider.close();
	}

}
