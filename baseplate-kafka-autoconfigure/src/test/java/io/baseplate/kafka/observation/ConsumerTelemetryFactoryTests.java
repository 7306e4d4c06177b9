package io.baseplate.kafka.observation;

import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Clock;
import java.util.function.Function;
import java.util.stream.Stream;

import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class ConsumerTelemetryFactoryTests {

	@ParameterizedTest
	@EnumSource
	void worksWithoutRegistryAndTracer(ObservationStyle style) {
		try (ConsumerTelemetryFactory factory = factory(ObservationRegistry.NOOP, null, style)) {
			ConsumerTelemetry telemetry = factory.apply(TestTelemetry.settings("links", "links"));
			assertThatNoException().isThrownBy(() -> {
				TestTelemetry.open(telemetry);
				assertThat(telemetry.messageStarted(TestMessages.message("links")))
					.isSameAs(ConsumerTelemetry.MessageScope.NOOP);
				TestTelemetry.handle(telemetry, TestMessages.message("links"));
				telemetry.readStarted().read(1);
				telemetry.readStarted().end();
				telemetry.commitDone(1, true);
				telemetry.closed();
			});
		}
	}

	@ParameterizedTest
	@EnumSource
	void everyStyleRecordsMetrics(ObservationStyle style) {
		MeterRegistry meters = new SimpleMeterRegistry();
		try (ConsumerTelemetryFactory factory = factory(ObservationRegistry.NOOP, meters, style)) {
			ConsumerTelemetry telemetry = factory.apply(TestTelemetry.settings("links", "links"));
			TestTelemetry.open(telemetry);
			TestTelemetry.handle(telemetry, TestMessages.message("links"));
			assertThat(meters.get("kafka.consumer.messages.processed").counter().count()).isEqualTo(1);
		}
	}

	@Test
	void anObservationHandlerThatThrowsCostsTheSpanNotTheFigures() {
		MeterRegistry meters = new SimpleMeterRegistry();
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler((context) -> {
			throw new IllegalStateException();
		});
		try (ConsumerTelemetryFactory factory = factory(observations, meters, ObservationStyle.OBSERVATION)) {
			ConsumerTelemetry telemetry = factory.apply(TestTelemetry.settings("links", "links"));
			TestTelemetry.open(telemetry);
			TestTelemetry.handle(telemetry, TestMessages.message("links"));
			assertThat(meters.get("kafka.consumer.messages.processed").counter().count()).isEqualTo(1);
		}
	}

	/**
	 * Spring looks at all fields and methods of a bean's class.
	 */
	@Test
	void neitherMicrometersCoreNorItsTracingNeedBeOnTheClassPath() throws Exception {
		URL[] classPath = Stream
			.of(ConsumerTelemetryFactory.class, WithoutMetersAndTracing.class, ObservationRegistry.class,
					KeyValues.class, Consumer.class, Logger.class)
			.map((type) -> type.getProtectionDomain().getCodeSource().getLocation())
			.toArray(URL[]::new);
		try (URLClassLoader loader = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
			Class<?> type = loader.loadClass(ConsumerTelemetryFactory.class.getName());
			assertThat(type.getDeclaredFields()).isNotEmpty();
			assertThat(type.getDeclaredMethods()).isNotEmpty();
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass(MeterRegistry.class.getName()));
			assertThatExceptionOfType(ClassNotFoundException.class)
				.isThrownBy(() -> loader.loadClass(Tracer.class.getName()));
			assertThat(withoutMetersAndTracing(loader).apply("kafka_consumer.links"))
				.isEqualTo("kafka_consumer.links.handler");
		}
	}

	@SuppressWarnings("unchecked")
	private static Function<String, Object> withoutMetersAndTracing(ClassLoader loader) throws Exception {
		Constructor<?> constructor = loader.loadClass(WithoutMetersAndTracing.class.getName()).getDeclaredConstructor();
		constructor.setAccessible(true);
		return (Function<String, Object>) constructor.newInstance();
	}

	private static ConsumerTelemetryFactory factory(ObservationRegistry observations, MeterRegistry meters,
			ObservationStyle style) {
		return new ConsumerTelemetryFactory(observations, meters, null, null, style, true, null, (payload) -> null,
				Clock.systemUTC());
	}

}
