package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.baseplate.kafka.consumer.ConsumerGauges;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.baseplate.kafka.observation.ConsumerTelemetryFactory;
import io.baseplate.kafka.observation.MessageObservationConvention;
import io.baseplate.kafka.observation.OpenTelemetryMessageObservationConvention;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From beans and properties to the telemetry of consumers.
 */
class ObservationBeansTests {

	private final TestObservationRegistry observations = TestObservationRegistry.create();

	private final List<Object> extracted = new ArrayList<>();

	private final ConsumerRecord<byte[], byte[]> message = new ConsumerRecord<>("links", 0, 7, null, new byte[0]);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class,
				BaseplateKafkaObservationAutoConfiguration.class))
		.withBean(TestObservationRegistry.class, () -> this.observations)
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withBean(Tracer.class, () -> Tracer.NOOP)
		.withBean(Propagator.class, () -> new ExtractingPropagator(this.extracted));

	@Test
	void aConventionIsABean() {
		this.contextRunner.withBean(MessageObservationConvention.class, OpenTelemetryMessageObservationConvention::new)
			.run((context) -> {
				handle(context.getBean(ConsumerTelemetryFactory.class));
				assertThat(this.observations).hasSingleObservationThat().hasNameEqualTo("messaging.process.duration");
			});
	}

	@Test
	void withoutAPropertyTheStyleIsObservation() {
		this.contextRunner.run((context) -> {
			assertThat(handle(context.getBean(ConsumerTelemetryFactory.class))).isNotSameAs(Observation.NOOP);
			assertThat(this.observations).hasSingleObservationThat().hasNameEqualTo("baseplate.kafka.handler");
			assertThat(this.extracted).isEmpty();
		});
	}

	@Test
	void theStyleLeanMakesItsSpansWithTheTracer() {
		this.contextRunner.withPropertyValues("baseplate.kafka.observation.style=lean").run((context) -> {
			assertThat(handle(context.getBean(ConsumerTelemetryFactory.class))).isSameAs(Observation.NOOP);
			assertThat(this.observations).doesNotHaveAnyObservation();
			assertThat(this.extracted).containsExactly(this.message);
		});
	}

	@Test
	void theStyleNoneMakesNoSpans() {
		this.contextRunner.withPropertyValues("baseplate.kafka.observation.style=none").run((context) -> {
			assertThat(handle(context.getBean(ConsumerTelemetryFactory.class))).isSameAs(Observation.NOOP);
			assertThat(this.observations).doesNotHaveAnyObservation();
			assertThat(this.extracted).isEmpty();
		});
	}

	@Test
	void latencyIsThatOfTheTimestampInATree() {
		this.contextRunner.run((context) -> {
			handle(context.getBean(ConsumerTelemetryFactory.class));
			assertThat(context.getBean(MeterRegistry.class).get("baseplate.kafka.message.latency").timer().count())
				.isEqualTo(1);
		});
	}

	private Observation handle(ConsumerTelemetryFactory factory) {
		ConsumerTelemetry telemetry = factory
			.apply(ConsumerSettings.inOrder("kafka_consumer.links", "service.links", List.of("links")).build());
		telemetry.opened(new MockConsumer<>("latest"), gauges());
		MessageScope scope = telemetry.messageStarted(this.message);
		scope.unpacked(new ObjectMapper().createObjectNode().put("endpoint_timestamp", 1_700_000_000_000L));
		scope.handled();
		scope.close();
		return scope.observation();
	}

	private static ConsumerGauges gauges() {
		return (ConsumerGauges) Proxy.newProxyInstance(ConsumerGauges.class.getClassLoader(),
				new Class<?>[] { ConsumerGauges.class },
				(proxy, method, arguments) -> (method.getReturnType() == int.class) ? (Object) 0 : (Object) 0L);
	}

	/**
	 * Notes what a trace was looked for in.
	 */
	private static final class ExtractingPropagator implements Propagator {

		private final List<Object> carriers;

		ExtractingPropagator(List<Object> carriers) {
			this.carriers = carriers;
		}

		@Override
		public List<String> fields() {
			return List.of();
		}

		@Override
		public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {
		}

		@Override
		public <C> Span.Builder extract(C carrier, Getter<C> getter) {
			this.carriers.add(carrier);
			return Span.Builder.NOOP;
		}

	}

}
