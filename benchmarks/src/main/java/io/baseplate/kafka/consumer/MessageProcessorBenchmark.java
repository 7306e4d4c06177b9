package io.baseplate.kafka.consumer;

import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.observation.ConsumerTelemetryFactory;
import io.baseplate.kafka.observation.ObservationStyle;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * One message through the processor, with an empty handler: what observation costs, with
 * the registry and the tracer that Spring Boot makes and its sampling.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
public class MessageProcessorBenchmark {

	/**
	 * {@code off} has no telemetry at all; the others are styles of observation, of which
	 * {@code none} has metrics.
	 */
	@Param({ "off", "none", "lean", "observation" })
	String style = "off";

	private final ConsumerRecord<byte[], byte[]> message = EngineParts.message(0);

	private @Nullable ConfigurableApplicationContext context;

	private @Nullable MessageProcessor processor;

	private @Nullable HandlerWorker worker;

	@Setup
	public void start() {
		EngineParts parts = new EngineParts();
		ConsumerTelemetry telemetry = ConsumerTelemetry.NOOP;
		if (!this.style.equals("off")) {
			this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties(Map.of("baseplate.kafka.enabled", "false", "spring.main.banner-mode", "off",
						"logging.level.root", "warn"))
				.run();
			telemetry = telemetry(this.context);
		}
		this.processor = new MessageProcessor(EngineParts.settings(), UserCode.ofRecords((context, data, message) -> {
		}), SafeTelemetry.of("kafka_consumer.one", telemetry));
		this.worker = new HandlerWorker(parts.queue, this.processor, parts.outcomes, Ticker.SYSTEM);
	}

	private ConsumerTelemetry telemetry(ConfigurableApplicationContext context) {
		ConsumerTelemetry telemetry = new ConsumerTelemetryFactory(context.getBean(ObservationRegistry.class),
				context.getBean(MeterRegistry.class), context.getBean(Tracer.class), context.getBean(Propagator.class),
				ObservationStyle.valueOf(this.style.toUpperCase(Locale.ROOT)), false, null, (payload) -> null,
				Clock.systemUTC())
			.apply(EngineParts.settings());
		telemetry.opened(new MockConsumer<>("latest"), new NoGauges());
		return telemetry;
	}

	/**
	 * One message.
	 * @return what became of it
	 */
	@Benchmark
	public Object process() {
		MessageProcessor processor = this.processor;
		HandlerWorker worker = this.worker;
		if (processor == null || worker == null) {
			throw new IllegalStateException("Not set up");
		}
		return processor.process(this.message, worker);
	}

	@TearDown
	public void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	/**
	 * An application with everything that Boot brings for metrics and traces.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = KafkaAutoConfiguration.class)
	static class Application {

	}

	/**
	 * Of a consumer that has nothing.
	 */
	private static final class NoGauges implements ConsumerGauges {

		@Override
		public int queueDepth() {
			return 0;
		}

		@Override
		public long lag(TopicPartition partition) {
			return -1;
		}

		@Override
		public long lastHandledOffset(TopicPartition partition) {
			return -1;
		}

	}

}
