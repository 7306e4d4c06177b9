package io.baseplate.kafka.application;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The happy path of the whole contract on a broker in a container. Skipped without
 * Docker.
 */
@Testcontainers(disabledWithoutDocker = true)
class KafkaContainerTests {

	@Container
	static final KafkaContainer kafka = new KafkaContainer(DockerImageName.parse("apache/kafka:4.2.2"));

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void bothModesHandleEverythingOnceCommitItAndLeaveTheirGroups(String protocol) throws Exception {
		String servers = kafka.getBootstrapServers();
		String topic = "links-" + protocol;
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers));
				KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", servers),
						new ByteArraySerializer(), new ByteArraySerializer())) {
			admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
			for (int i = 0; i < 100; i++) {
				producer.send(new ProducerRecord<>(topic, i % 2, null,
						((i % 10 == 9) ? "{" : "{\"id\": " + i + "}").getBytes(StandardCharsets.UTF_8)));
			}
			producer.flush();
			try (ConfigurableApplicationContext context = run(servers, topic, protocol)) {
				Handlers handlers = context.getBean(Handlers.class);
				Awaitility.await().until(() -> handlers.inOrder.size() == 90 && handlers.fast.size() == 90);
				assertThat(context.getBean(HealthEndpoint.class).health().getStatus()).isEqualTo(Status.UP);
				assertThat(context.getBean(MeterRegistry.class)
					.get("kafka.consumer.messages.processed")
					.tag("kafka.topic", topic)
					.tag("kafka.success", "false")
					.meters()).isNotEmpty();
				context.getBeansOfType(QueueConsumer.class).values().forEach((consumer) -> {
					consumer.stop();
					assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
					assertThat(consumer.status().totals().handled()).isEqualTo(90);
					assertThat(consumer.status().totals().invalid()).isEqualTo(10);
				});
				assertThat(handlers.inOrder).doesNotHaveDuplicates();
				assertThat(handlers.fast).doesNotHaveDuplicates();
				assertThat(handlers.inOrder.stream().filter((id) -> id % 2 == 0)).isSorted();
				assertThat(handlers.inOrder.stream().filter((id) -> id % 2 == 1)).isSorted();
			}
			for (String group : List.of("container_service.in_order", "container_service.fast")) {
				assertThat(committed(admin, group, topic)).isEqualTo(100);
				assertThat(admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get().members())
					.isEmpty();
			}
		}
	}

	private static long committed(Admin admin, String group, String topic) throws Exception {
		Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
			.partitionsToOffsetAndMetadata()
			.get();
		return offsets.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().topic().equals(topic))
			.mapToLong((entry) -> entry.getValue().offset())
			.sum();
	}

	private static ConfigurableApplicationContext run(String servers, String topic, String protocol) {
		return new SpringApplicationBuilder(Handlers.class).web(WebApplicationType.NONE)
			.properties("spring.application.name=container_service", "baseplate.kafka.bootstrap-servers=" + servers,
					"baseplate.kafka.topics=" + topic, "baseplate.kafka.group-protocol=" + protocol,
					"baseplate.kafka.auto-offset-reset=earliest", "baseplate.kafka.consumers.fast.mode=fast")
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Handlers {

		final List<Integer> inOrder = Collections.synchronizedList(new ArrayList<>());

		final List<Integer> fast = Collections.synchronizedList(new ArrayList<>());

		@KafkaMessageHandler("in_order")
		void inOrder(Map<String, Integer> data) {
			this.inOrder.add(data.get("id"));
		}

		@KafkaMessageHandler("fast")
		void fast(Map<String, Integer> data) {
			this.fast.add(data.get("id"));
		}

	}

}
