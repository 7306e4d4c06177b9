package io.baseplate.kafka.application;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.autoconfigure.BaseplateKafkaConnectionDetails;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.InOrderConsumer;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A whole application on its dev broker: what a user writes, and what comes of good and
 * of bad messages.
 */
class ApplicationTests {

	private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

	private final ConfigurableApplicationContext context = new SpringApplicationBuilder(Links.class)
		.web(WebApplicationType.NONE)
		.properties("spring.application.name=link_service", "management.tracing.sampling.probability=1.0",
				"spring.threads.virtual.enabled=" + Boolean.getBoolean("baseplate.test.virtual-threads"),
				"baseplate.kafka.auto-offset-reset=earliest",
				"baseplate.kafka.consumers.link_consumer_v0.topics=new_links, edited_links",
				"baseplate.kafka.consumers.thumbnail_consumer_v0.mode=fast",
				"baseplate.kafka.consumers.thumbnail_consumer_v0.topics=thumbnails",
				"baseplate.kafka.consumers.thumbnail_consumer_v0.commit=processed",
				"baseplate.kafka.consumers.thumbnail_consumer_v0.commit-interval=200ms")
		.run();

	private final Links links = this.context.getBean(Links.class);

	private final String servers = this.context.getBean(BaseplateKafkaConnectionDetails.class).getBootstrapServers();

	private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
			Map.of("bootstrap.servers", this.servers), new ByteArraySerializer(), new ByteArraySerializer());

	@AfterEach
	void close() {
		this.producer.close();
		this.context.close();
	}

	@Test
	void bothModesHandleMessagesContinueTheirTracesAndShowUpInHealthAndMetrics() {
		send("new_links", "one".getBytes(StandardCharsets.UTF_8), "{\"id\": 7, \"unknown\": true}", true);
		send("thumbnails", null, "a body", true);
		Awaitility.await().until(() -> this.links.seen.size() == 2);
		assertThat(this.links.seen).containsExactlyInAnyOrder("link 7 one new_links " + TRACE,
				"thumbnail a body " + TRACE);
		awaitCommitted("link_service.link_consumer_v0", 1);
		awaitCommitted("link_service.thumbnail_consumer_v0", 1);
		assertThat(this.context.getBean("kafka_consumer.link_consumer_v0")).isInstanceOf(InOrderConsumer.class);
		assertThat(this.context.getBean("kafka_consumer.thumbnail_consumer_v0")).isInstanceOf(FastConsumer.class);
		CompositeHealthDescriptor health = (CompositeHealthDescriptor) this.context.getBean(HealthEndpoint.class)
			.healthForPath("baseplateKafka");
		assertThat(health.getComponents()).containsOnlyKeys("kafka_consumer.link_consumer_v0",
				"kafka_consumer.thumbnail_consumer_v0");
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(this.context.getEnvironment().getProperty("management.endpoint.health.show-components"))
			.isEqualTo("always");
		assertThat(this.context.getBean(MeterRegistry.class)
			.get("kafka.consumer.message.processing.time")
			.tag("kafka.topic", "new_links")
			.tag("kafka.success", "true")
			.meters()).isNotEmpty();
	}

	@Test
	void badMessagesAreSkippedCountedAndCommittedAndTheNextGoodOneIsHandled() {
		send("new_links", null, "", false);
		send("new_links", null, null, false);
		send("new_links", null, "[".repeat(1_000_000), false);
		send("new_links", null, new byte[] { '{', '"', 'i', 'd', '"', ':', '"', (byte) 0xc3, (byte) 0x28, '"', '}' });
		send("new_links", null, "[1, 2]", false);
		send("new_links", null, "\"text\"", false);
		send("new_links", null, "{\"id\": 1} trailing", false);
		send("new_links", new byte[] { (byte) 0xff, 0 }, "{\"id\": 8}", false);
		Awaitility.await().until(() -> this.links.seen.size() == 1);
		assertThat(this.links.seen.get(0)).startsWith("link 8 ff00 new_links");
		awaitCommitted("link_service.link_consumer_v0", 8);
		QueueConsumer consumer = this.context.getBean("kafka_consumer.link_consumer_v0", QueueConsumer.class);
		assertThat(consumer.status().totals().invalid()).isEqualTo(7);
		assertThat(consumer.status().totals().handled()).isEqualTo(1);
	}

	@Test
	void headersThatAreNullOrNoTextDoNoHarm() {
		ProducerRecord<byte[], byte[]> message = new ProducerRecord<>("thumbnails",
				"x".getBytes(StandardCharsets.UTF_8));
		message.headers().add("traceparent", null).add("tracestate", new byte[] { (byte) 0xff }).add("other", null);
		this.producer.send(message);
		Awaitility.await().until(() -> this.links.seen.size() == 1);
	}

	@Test
	void aHandlerThatFailsTakesItsConsumerDownAndHealthNamesTheMessage() {
		send("new_links", null, "{\"id\": -1}", false);
		HealthEndpoint endpoint = this.context.getBean(HealthEndpoint.class);
		Awaitility.await()
			.until(() -> endpoint.healthForPath("baseplateKafka", "kafka_consumer.link_consumer_v0").getStatus(),
					Status.DOWN::equals);
		IndicatedHealthDescriptor health = (IndicatedHealthDescriptor) endpoint.healthForPath("baseplateKafka",
				"kafka_consumer.link_consumer_v0");
		Awaitility.await()
			.until(() -> this.context.getBean("kafka_consumer.link_consumer_v0", QueueConsumer.class).status().state(),
					ConsumerState.FAILED::equals);
		assertThat(String.valueOf(health.getDetails())).contains("new_links");
		assertThat(this.context.getBean(ApplicationAvailability.class).getLivenessState())
			.isEqualTo(LivenessState.BROKEN);
	}

	private void send(String topic, byte[] key, String body, boolean traced) {
		ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, key,
				(body != null) ? body.getBytes(StandardCharsets.UTF_8) : null);
		if (traced) {
			message.headers()
				.add("traceparent", ("00-" + TRACE + "-b7ad6b7169203331-01").getBytes(StandardCharsets.UTF_8));
		}
		send(message);
	}

	private void send(String topic, byte[] key, byte[] body) {
		send(new ProducerRecord<>(topic, key, body));
	}

	private void send(ProducerRecord<byte[], byte[]> message) {
		try {
			this.producer.send(message).get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void awaitCommitted(String group, long count) {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", this.servers))) {
			Awaitility.await().until(() -> {
				Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
					.partitionsToOffsetAndMetadata()
					.get();
				return offsets.values().stream().mapToLong(OffsetAndMetadata::offset).sum() == count;
			});
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Links {

		final List<String> seen = Collections.synchronizedList(new ArrayList<>());

		@KafkaMessageHandler("link_consumer_v0")
		void processLinks(Link data, MessageContext context, ConsumerRecord<byte[], byte[]> message) {
			if (data.id() < 0) {
				throw new IllegalStateException("negative");
			}
			this.seen.add(
					"link " + data.id() + " " + context.keyAsText() + " " + message.topic() + " " + MDC.get("traceId"));
		}

		@KafkaMessageHandler("thumbnail_consumer_v0")
		void makeThumbnail(String body) {
			this.seen.add("thumbnail " + body + " " + MDC.get("traceId"));
		}

	}

	record Link(int id) {
	}

}
