package io.baseplate.kafka.application;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.autoconfigure.BaseplateKafkaConnectionDetails;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A whole application on its dev broker, whose beans and properties change what comes of
 * a message.
 */
class ApplicationBeansTests {

	private static final String BODIES = "kafka_consumer.body_consumer_v0";

	private static final String RECORDS = "kafka_consumer.record_consumer_v0";

	private static ConfigurableApplicationContext context;

	private static KafkaProducer<String, String> producer;

	private final Handlers handlers = context.getBean(Handlers.class);

	@BeforeAll
	static void start() {
		context = new SpringApplicationBuilder(Handlers.class).web(WebApplicationType.NONE)
			.properties("spring.application.name=link_service", "management.tracing.sampling.probability=1.0",
					"spring.threads.virtual.enabled=" + Boolean.getBoolean("baseplate.test.virtual-threads"),
					"baseplate.kafka.auto-offset-reset=earliest", "baseplate.kafka.observation.reader=true",
					"baseplate.kafka.consumers.body_consumer_v0.topics=bodies",
					"baseplate.kafka.consumers.body_consumer_v0.unpacker=upperCase",
					"baseplate.kafka.consumers.record_consumer_v0.topics=records")
			.run();
		producer = new KafkaProducer<>(
				Map.of("bootstrap.servers",
						context.getBean(BaseplateKafkaConnectionDetails.class).getBootstrapServers()),
				new StringSerializer(), new StringSerializer());
	}

	@AfterAll
	static void stop() {
		producer.close();
		context.close();
	}

	@Test
	void anUnpackerBeanMakesThePayload() throws Exception {
		send("bodies", "unpack this");
		Awaitility.await().until(() -> this.handlers.bodies.contains("UNPACK THIS"));
	}

	@Test
	void handlersOfTheRecordAloneSeeTombstonesAndAnythingElse() throws Exception {
		send("records", "{ this is no JSON");
		send("records", null);
		Awaitility.await().until(() -> this.handlers.records.size() == 2);
		assertThat(this.handlers.records).containsExactly("{ this is no JSON", "no body");
		Awaitility.await().until(() -> totals(RECORDS).handled() == 2);
		assertThat(totals(RECORDS).invalid()).isZero();
	}

	@Test
	void theCommitOfAMessageIsAChildOfItsSpan() throws Exception {
		long offset = send("bodies", "commit this");
		SpanData handler = await(BODIES + ".handler", (span) -> span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.anyMatch((tag) -> tag.getKey().getKey().equals("kafka.offset") && tag.getValue().equals("" + offset)));
		SpanData commit = await("kafka.commit", (span) -> span.getTraceId().equals(handler.getTraceId()));
		assertThat(commit.getParentSpanId()).isEqualTo(handler.getSpanId());
	}

	@Test
	void eachReadIsASpanWithTwoChildren() throws Exception {
		send("bodies", "read this");
		SpanData pump = await(BODIES + ".pump", (span) -> true);
		for (String part : List.of("kafka.consume", "kafka.work_queue_put")) {
			await(part, (span) -> span.getParentSpanId().equals(pump.getSpanId()));
		}
	}

	@Test
	void theMetersOfAConsumerSayWhatItDid() throws Exception {
		long offset = send("bodies", "count this");
		MeterRegistry meters = context.getBean(MeterRegistry.class);
		Awaitility.await().untilAsserted(() -> {
			assertThat(meters.get("baseplate.kafka.last.handled.offset")
				.tag("consumer", BODIES)
				.tag("partition", "0")
				.gauge()
				.value()).isEqualTo(offset);
			assertThat(meters.get("baseplate.kafka.lag").tag("consumer", BODIES).gauges()).isNotEmpty()
				.allSatisfy((gauge) -> assertThat(gauge.value()).isZero());
			assertThat(meters.get("baseplate.kafka.queue.depth").tag("consumer", BODIES).gauge().value()).isZero();
			assertThat(meters.get("baseplate.kafka.commits").tag("consumer", BODIES).counter().count())
				.isGreaterThanOrEqualTo(offset + 1);
			assertThat(meters.get("baseplate.kafka.commit.time").tag("consumer", BODIES).timer().count())
				.isGreaterThanOrEqualTo(offset + 1);
			assertThat(meters.get("baseplate.kafka.rebalances").tag("consumer", BODIES).counter().count()).isPositive();
		});
	}

	private static Totals totals(String consumer) {
		return context.getBean(consumer, QueueConsumer.class).status().totals();
	}

	/**
	 * To one partition, so that an offset names the message.
	 */
	private static long send(String topic, String body) throws Exception {
		return producer.send(new ProducerRecord<>(topic, 0, null, body)).get().offset();
	}

	private static SpanData await(String name, Predicate<SpanData> condition) {
		InMemorySpanExporter spans = context.getBean(InMemorySpanExporter.class);
		return Awaitility.await(name)
			.until(() -> spans.getFinishedSpanItems()
				.stream()
				.filter((span) -> span.getName().equals(name))
				.filter(condition)
				.findFirst(), Optional::isPresent)
			.orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Handlers {

		final Queue<String> bodies = new ConcurrentLinkedQueue<>();

		final Queue<String> records = new ConcurrentLinkedQueue<>();

		@KafkaMessageHandler("body_consumer_v0")
		void handle(String body) {
			this.bodies.add(body);
		}

		@KafkaMessageHandler("record_consumer_v0")
		void handle(ConsumerRecord<byte[], byte[]> message) {
			this.records
				.add((message.value() != null) ? new String(message.value(), StandardCharsets.UTF_8) : "no body");
		}

		@Bean
		MessageUnpacker upperCase() {
			return (message, type) -> new String(message.value(), StandardCharsets.UTF_8).toUpperCase(Locale.ROOT);
		}

		@Bean
		InMemorySpanExporter spans() {
			return InMemorySpanExporter.create();
		}

		@Bean
		SpanProcessor spanProcessor(InMemorySpanExporter spans) {
			return SimpleSpanProcessor.create(spans);
		}

	}

}
