package io.baseplate.kafka.autoconfigure;

import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

import io.baseplate.kafka.observation.ConsumerTelemetryFactory;
import io.baseplate.kafka.observation.MessageObservationConvention;
import io.baseplate.kafka.observation.ObservationStyle;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
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

	private static final Logger logger = LoggerFactory.getLogger(BaseplateKafkaObservationAutoConfiguration.class);

	BaseplateKafkaObservationAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	ConsumerTelemetryFactory baseplateKafkaConsumerTelemetry(Environment environment,
			ObjectProvider<ObservationRegistry> observations, ObjectProvider<MeterRegistry> meters,
			ObjectProvider<Tracer> tracer, ObjectProvider<Propagator> propagator,
			ObjectProvider<MessageObservationConvention> convention, BodyUnpacker unpacker, ListableBeanFactory beans) {
		BaseplateKafkaProperties.Observation properties = BaseplateKafkaAutoConfiguration.properties(environment)
			.observation();
		if (properties.style() != ObservationStyle.OBSERVATION) {
			warnOfIgnored(properties.style(), beans);
		}
		return new ConsumerTelemetryFactory(observations.getIfAvailable(() -> ObservationRegistry.NOOP),
				meters.getIfAvailable(), tracer.getIfAvailable(), propagator.getIfAvailable(), properties.style(),
				properties.reader(), convention.getIfAvailable(),
				(payload) -> unpacker.number(payload, "endpoint_timestamp"), Clock.systemUTC());
	}

	/**
	 * What the application has declared for observations has no effect on the messages of
	 * queue consumers then. What Boot and Micrometer bring themselves is not meant.
	 */
	private static void warnOfIgnored(ObservationStyle style, ListableBeanFactory beans) {
		Set<String> ignored = new TreeSet<>();
		for (Class<?> type : List.of(MessageObservationConvention.class, ObservationFilter.class,
				ObservationHandler.class)) {
			for (String name : beans.getBeanNamesForType(type, true, false)) {
				Class<?> bean = beans.getType(name, false);
				if (bean != null && !bean.getName().startsWith("org.springframework.")
						&& !bean.getName().startsWith("io.micrometer.")) {
					ignored.add(name);
				}
			}
		}
		if (!ignored.isEmpty()) {
			logger.warn("baseplate.kafka.observation.style is {}: these beans have no effect on queue consumers: {}",
					style.name().toLowerCase(Locale.ROOT), ignored);
		}
	}

}
