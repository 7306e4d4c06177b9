package io.baseplate.kafka.consumer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.devbroker.DevBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link InOrderConsumerFactory} and {@link FastConsumerFactory} on a real
 * broker, with the seed's two ways in.
 */
class ConsumerFactoriesBrokerTests {

	private static final MessageUnpacker TEXT = (message, type) -> new String(message.value(), StandardCharsets.UTF_8);

	private static DevBroker broker;

	private final Queue<Object> handled = new ConcurrentLinkedQueue<>();

	private final InOrderConsumerFactory inOrder = new InOrderConsumerFactory(ConsumerRuntime.plain(), TEXT,
			broker::bootstrapServers, List.of());

	private final FastConsumerFactory fast = new FastConsumerFactory(ConsumerRuntime.plain(), TEXT,
			broker::bootstrapServers, List.of());

	@BeforeAll
	static void startBroker() {
		broker = DevBroker.builder().build().start();
		broker.createTopic("new_links", 1);
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(),
				new StringSerializer())) {
			for (int i = 0; i < 5; i++) {
				producer.send(new ProducerRecord<>("new_links", "link " + i));
			}
		}
	}

	@AfterAll
	static void stopBroker() {
		broker.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void inOrderMakesItsClient(String protocol) throws Exception {
		String group = "service." + protocol + "_links";
		InOrderConsumer consumer = this.inOrder.create("kafka_consumer." + protocol + "_links", group,
				List.of("new_links"), (context, data, message) -> this.handled.add(data),
				(options) -> options.autoOffsetReset("earliest").groupProtocol(protocol).batchSize(2));
		assertHandlesAll(consumer, group);
		assertThat(this.handled).containsExactly("link 0", "link 1", "link 2", "link 3", "link 4");
	}

	@Test
	void fastMakesItsClient() throws Exception {
		FastConsumer consumer = this.fast.create("kafka_consumer.fast_links", "service.fast_links",
				List.of("new_links"), (context, data, message) -> this.handled.add(data),
				(options) -> options.autoOffsetReset("earliest")
					.settings((settings) -> settings.commit(CommitStrategy.PROCESSED)));
		assertHandlesAll(consumer, "service.fast_links");
	}

	@Test
	void inOrderTakesAGivenClient() throws Exception {
		InOrderConsumer consumer = this.inOrder.create("any name", client("any-group-1"),
				(context, data, message) -> this.handled.add(data));
		assertHandlesAll(consumer, "any-group-1");
	}

	@Test
	void fastTakesAGivenClient() throws Exception {
		FastConsumer consumer = this.fast.create("any name", client("any-group-2"),
				(context, data, message) -> this.handled.add(data));
		assertHandlesAll(consumer, "any-group-2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void takesAGivenClientThatHasPolledAlready(String protocol) throws Exception {
		String group = "polled-" + protocol;
		KafkaConsumer<byte[], byte[]> client = new KafkaConsumer<>(
				Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", group, "enable.auto.commit", false,
						"auto.offset.reset", "earliest", "max.poll.records", 1, "group.protocol", protocol),
				new ByteArrayDeserializer(), new ByteArrayDeserializer());
		client.subscribe(Set.of("new_links"));
		while (client.assignment().isEmpty()) {
			client.poll(Duration.ofMillis(100));
		}
		InOrderConsumer consumer = this.inOrder.create("any name", client,
				(context, data, message) -> this.handled.add(data));
		assertHandlesAll(consumer, group);
	}

	@Test
	void startFailsForMissingTopic() {
		InOrderConsumer consumer = this.inOrder.create("kafka_consumer.links", "service.links", List.of("nwe_links"),
				(context, data, message) -> this.handled.add(data), (options) -> {
				});
		assertThatExceptionOfType(ConsumerStartException.class).isThrownBy(consumer::start)
			.satisfies((failure) -> assertThat(failure.reason()).isEqualTo(ConsumerStartException.Reason.MISSING_TOPIC))
			.withMessageContaining("topic 'nwe_links' does not exist.");
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
	}

	private void assertHandlesAll(QueueConsumer consumer, String group) throws Exception {
		consumer.start();
		try {
			await().until(() -> this.handled.size() == 5);
		}
		finally {
			consumer.stop();
		}
		assertThat(this.handled).containsExactlyInAnyOrder("link 0", "link 1", "link 2", "link 3", "link 4");
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
			OffsetAndMetadata committed = admin.listConsumerGroupOffsets(group)
				.partitionsToOffsetAndMetadata()
				.get()
				.get(new TopicPartition("new_links", 0));
			assertThat(committed.offset()).isEqualTo(5);
		}
	}

	private static KafkaConsumer<byte[], byte[]> client(String group) {
		KafkaConsumer<byte[], byte[]> client = new KafkaConsumer<>(
				Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", group, "enable.auto.commit", false,
						"auto.offset.reset", "earliest", "max.poll.records", 1, "session.timeout.ms", 10_000),
				new ByteArrayDeserializer(), new ByteArrayDeserializer());
		client.subscribe(Set.of("new_links"));
		return client;
	}

}
