package io.baseplate.kafka.autoconfigure;

import java.time.Clock;

import io.baseplate.kafka.observation.ConsumerTelemetryFactory;
import io.baseplate.kafka.observation.MessageObservationConvention;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the spans and metrics of queue consumers.
 */
@AutoConfiguration(before = BaseplateKafkaAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration" })
@ConditionalOnClass({ MeterRegistry.class, Tracer.class })
@ConditionalOnBooleanProperty(name = "baseplate.kafka.enabled", matchIfMissing = true)
public final class BaseplateKafkaObservationAutoConfiguration {

	BaseplateKafkaObservationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	ConsumerTelemetryFactory baseplateKafkaConsumerTelemetry(Environment environment,
			ObjectProvider<ObservationRegistry> observations, ObjectProvider<MeterRegistry> meters,
			ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator,
			ObjectProvider<MessageObservationConvention> convention, BodyUnpacker unpacker) {
		BaseplateKafkaProperties.Observation properties = BaseplateKafkaAutoConfiguration.properties(environment)
			.observation();
		return new ConsumerTelemetryFactory(observations.getIfAvailable(() -> ObservationRegistry.NOOP),
				meters.getIfAvailable(), tracer.getIfAvailable(), propagator.getIfAvailable(), properties.style(),
				properties.reader(), convention.getIfAvailable(),
				(payload) -> unpacker.number(payload, "endpoint_timestamp"), Clock.systemUTC());
	}

}
