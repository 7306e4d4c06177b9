package io.baseplate.kafka.devbroker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What clients can do with a dev broker: one broker for all.
 */
class DevBrokerClientTests {

	private static DevBroker broker;

	private static Clients clients;

	private String topic;

	@BeforeAll
	static void start() {
		broker = DevBroker.builder().property("auto.create.topics.enable", "false").build().start();
		clients = new Clients(broker);
	}

	@AfterAll
	static void close() {
		broker.close();
	}

	@BeforeEach
	void nameTopic() {
		this.topic = "topic-" + UUID.randomUUID();
	}

	@Test
	void messagesComeBackInTheOrderTheyWereSentIn() {
		broker.createTopic(this.topic, 1);
		clients.send(this.topic, "one", "two", "three");
		assertThat(clients.read("classic", this.topic, 3, Map.of())).containsExactly("one", "two", "three");
	}

	@Test
	void groupsOfTheNewProtocolWork() {
		broker.createTopic(this.topic, 2);
		clients.send(this.topic, "one", "two");
		assertThat(clients.read("kip-848", this.topic, 2, Map.of("group.protocol", "consumer")))
			.containsExactlyInAnyOrder("one", "two");
		assertThat(clients.ask((admin) -> admin.describeConsumerGroups(List.of("kip-848")).all().get())
			.get("kip-848")
			.type()).isEqualTo(GroupType.CONSUMER);
	}

	@Test
	void shareGroupsWork() {
		broker.createTopic(this.topic, 1);
		clients.send(this.topic, "one", "two");
		ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "share");
		clients.ask(
				(admin) -> admin
					.incrementalAlterConfigs(
							Map.of(group,
									List.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"),
											AlterConfigOp.OpType.SET))))
					.all()
					.get());
		try (ShareConsumer<String, String> consumer = new KafkaShareConsumer<>(
				clients.with(Map.of("group.id", "share"), Map.of()), new StringDeserializer(),
				new StringDeserializer())) {
			consumer.subscribe(List.of(this.topic));
			List<String> values = new ArrayList<>();
			Awaitility.await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
				consumer.poll(Duration.ofMillis(100)).forEach((message) -> values.add(message.value()));
				assertThat(values).containsExactly("one", "two");
			});
		}
	}

	@Test
	void transactionsWork() {
		broker.createTopic(this.topic, 1);
		try (Producer<String, String> producer = clients
			.producer(Map.of("transactional.id", "transactions", "transaction.timeout.ms", "10000"))) {
			producer.initTransactions();
			producer.beginTransaction();
			producer.send(new ProducerRecord<>(this.topic, "aborted"));
			producer.abortTransaction();
			producer.beginTransaction();
			producer.send(new ProducerRecord<>(this.topic, "committed"));
			producer.commitTransaction();
		}
		assertThat(clients.read("transactions", this.topic, 1, Map.of("isolation.level", "read_committed")))
			.containsExactly("committed");
	}

	@Test
	void sessionsMayBeShort() {
		broker.createTopic(this.topic, 1);
		clients.send(this.topic, "one");
		assertThat(clients.read("short", this.topic, 1,
				Map.of("session.timeout.ms", "3000", "heartbeat.interval.ms", "100")))
			.containsExactly("one");
		ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "short-848");
		clients.ask((admin) -> admin.incrementalAlterConfigs(Map.of(group, List.of(
				new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", "3000"), AlterConfigOp.OpType.SET),
				new AlterConfigOp(new ConfigEntry("consumer.heartbeat.interval.ms", "100"), AlterConfigOp.OpType.SET))))
			.all()
			.get());
		assertThat(clients.read("short-848", this.topic, 1, Map.of("group.protocol", "consumer")))
			.containsExactly("one");
	}

	@Test
	void aTopicIsThereWithItsPartitionsAndSettings() {
		broker.createTopic(this.topic, 3, Map.of("cleanup.policy", "compact"));
		assertThat(partitions()).isEqualTo(3);
		ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, this.topic);
		Config config = clients.ask((admin) -> admin.describeConfigs(List.of(resource)).all().get()).get(resource);
		assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
	}

	@Test
	void aTopicThatExistsStaysAsItIs() {
		broker.createTopic(this.topic, 2);
		clients.send(this.topic, "one");
		broker.createTopic(this.topic, 2);
		broker.createTopic(this.topic, 5);
		assertThat(partitions()).isEqualTo(2);
		assertThat(clients.read("again", this.topic, 1, Map.of())).containsExactly("one");
	}

	@Test
	void aTopicThatCannotBeCreatedSaysWhy() {
		assertThatExceptionOfType(DevBrokerException.class).isThrownBy(() -> broker.createTopic("not a name", 1))
			.withMessageContaining("'not a name'")
			.withMessageContaining("Topic name is invalid");
	}

	@Test
	void serverPropertiesReachTheBroker() {
		ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");
		Config config = clients.ask((admin) -> admin.describeConfigs(List.of(node)).all().get()).get(node);
		assertThat(config.get("auto.create.topics.enable").value()).isEqualTo("false");
		assertThat(config.get("offsets.topic.replication.factor").value()).isEqualTo("1");
	}

	private int partitions() {
		return clients.ask((admin) -> admin.describeTopics(List.of(this.topic)).allTopicNames().get())
			.get(this.topic)
			.partitions()
			.size();
	}

}
