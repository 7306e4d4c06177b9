package io.baseplate.kafka.observation;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.sun.management.ThreadMXBean;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the span of a message costs in each style, beyond the metrics that all styles
 * make: with the handlers, the registry and the tracer that Spring Boot configures, and
 * its sampling of 10 %. In rounds that take turns, of which the best counts, and in
 * processor time of the thread, so that a busy machine does not matter.
 */
class StyleCostTests {

	private static final Logger logger = LoggerFactory.getLogger(StyleCostTests.class);

	private static final int ROUNDS = 40;

	private static final int MESSAGES = 5_000;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	/**
	 * The promise is a quarter; the bound leaves room for other machines.
	 * @param traced whether the messages carry the trace of a producer, one of ten
	 * sampled, or begin a trace
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void theSpanOfLeanCostsLessThanAThirdOfTheTimeThatAnObservationTakes(boolean traced) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("baseplate.kafka.enabled=false", "management.tracing.sampling.probability=0.1")
			.run()) {
			Map<ObservationStyle, Cost> costs = measure(context, messages(traced));
			costs.forEach((style, cost) -> logger.info("{}, {}: {} ns, {} B a message",
					traced ? "continued traces" : "new traces", style, cost.nanos(), cost.bytes()));
			long none = costs.get(ObservationStyle.NONE).nanos();
			double share = (double) (costs.get(ObservationStyle.LEAN).nanos() - none)
					/ (costs.get(ObservationStyle.OBSERVATION).nanos() - none);
			logger.info("{}: the span of lean takes {} of the time of an observation",
					traced ? "continued traces" : "new traces", share);
			assertThat(share).isBetween(0.0, 1.0 / 3);
		}
	}

	private Map<ObservationStyle, Cost> measure(ConfigurableApplicationContext context,
			List<ConsumerRecord<byte[], byte[]>> messages) {
		Map<ObservationStyle, ConsumerTelemetry> telemetries = new EnumMap<>(ObservationStyle.class);
		for (ObservationStyle style : ObservationStyle.values()) {
			ConsumerTelemetry telemetry = new ConsumerTelemetryFactory(context.getBean(ObservationRegistry.class),
					context.getBean(MeterRegistry.class), context.getBean(Tracer.class),
					context.getBean(Propagator.class), style, false, null, (payload) -> null, Clock.systemUTC())
				.apply(TestTelemetry.settings(style.name().toLowerCase(Locale.ROOT), "new_links"));
			TestTelemetry.open(telemetry);
			telemetries.put(style, telemetry);
		}
		Map<ObservationStyle, Cost> best = new EnumMap<>(ObservationStyle.class);
		for (int round = 0; round < ROUNDS; round++) {
			telemetries.forEach((style, telemetry) -> best.merge(style, round(telemetry, messages), Cost::least));
		}
		telemetries.values().forEach(ConsumerTelemetry::closed);
		return best;
	}

	private static List<ConsumerRecord<byte[], byte[]>> messages(boolean traced) {
		List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
		for (int i = 0; i < MESSAGES; i++) {
			RecordHeaders headers = new RecordHeaders();
			if (traced) {
				headers.add("traceparent",
						TestMessages.bytes("00-%032x-%016x-0%d".formatted(i + 1, i + 1, (i % 10 == 0) ? 1 : 0)));
			}
			messages.add(TestMessages.message("new_links", 3, i, TestMessages.bytes("key_" + i), headers));
		}
		return messages;
	}

	private Cost round(ConsumerTelemetry telemetry, List<ConsumerRecord<byte[], byte[]>> messages) {
		long bytes = this.threads.getCurrentThreadAllocatedBytes();
		long nanos = this.threads.getCurrentThreadCpuTime();
		for (ConsumerRecord<byte[], byte[]> message : messages) {
			TestTelemetry.handle(telemetry, message);
		}
		nanos = this.threads.getCurrentThreadCpuTime() - nanos;
		bytes = this.threads.getCurrentThreadAllocatedBytes() - bytes;
		return new Cost(nanos / messages.size(), bytes / messages.size());
	}

	/**
	 * What a message costs.
	 *
	 * @param nanos processor time of the thread
	 * @param bytes what the thread allocates
	 */
	private record Cost(long nanos, long bytes) {

		Cost least(Cost other) {
			return new Cost(Math.min(this.nanos, other.nanos), Math.min(this.bytes, other.bytes));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
