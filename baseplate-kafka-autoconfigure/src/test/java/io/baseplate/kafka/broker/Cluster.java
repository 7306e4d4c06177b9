package io.baseplate.kafka.broker;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import io.baseplate.kafka.devbroker.DevBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * A real broker in this JVM, shared by all test classes, with session timeouts that may
 * be short; and what tests do with it: topics of their own, messages, committed offsets.
 */
final class Cluster implements AutoCloseable {

	private static Cluster shared;

	private final String bootstrapServers;

	private final Admin admin;

	private final KafkaProducer<byte[], byte[]> producer;

	Cluster(String bootstrapServers) {
		this(bootstrapServers, Map.of());
	}

	/**
	 * Create a new instance.
	 * @param bootstrapServers the brokers
	 * @param login what the test itself needs to connect; its consumers do not get it
	 */
	Cluster(String bootstrapServers, Map<String, Object> login) {
		this.bootstrapServers = bootstrapServers;
		Map<String, Object> settings = new HashMap<>(login);
		settings.put("bootstrap.servers", bootstrapServers);
		this.admin = Admin.create(settings);
		settings.putAll(
				Map.of("linger.ms", "0", "enable.idempotence", "false", "max.in.flight.requests.per.connection", "1"));
		this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
	}

	/**
	 * The broker that lives as long as the JVM.
	 * @return the cluster
	 */
	static synchronized Cluster shared() {
		if (shared == null) {
			DevBroker broker = DevBroker.builder().property("group.consumer.heartbeat.interval.ms", "500").build();
			shared = new Cluster(broker.start().bootstrapServers());
		}
		return shared;
	}

	String bootstrapServers() {
		return this.bootstrapServers;
	}

	Admin admin() {
		return this.admin;
	}

	String newTopic(int partitions) {
		String topic = "topic-" + UUID.randomUUID();
		createTopic(topic, partitions);
		return topic;
	}

	void createTopic(String topic, int partitions) {
		get(this.admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all());
	}

	void deleteTopic(String topic) {
		get(this.admin.deleteTopics(List.of(topic)).all());
		Awaitility.await().until(() -> !get(this.admin.listTopics().names()).contains(topic));
	}

	String newGroup() {
		return "service.group-" + UUID.randomUUID();
	}

	void send(String topic, int partition, String... bodies) {
		for (String body : bodies) {
			this.producer.send(new ProducerRecord<>(topic, partition, null, body.getBytes(StandardCharsets.UTF_8)));
		}
		this.producer.flush();
	}

	/**
	 * Send numbered messages, spread over the partitions.
	 * @param topic the topic
	 * @param partitions how many partitions to use
	 * @param count how many messages
	 */
	void sendNumbers(String topic, int partitions, int count) {
		for (int i = 0; i < count; i++) {
			this.producer.send(new ProducerRecord<>(topic, i % partitions, null,
					Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
		}
		this.producer.flush();
	}

	KafkaProducer<byte[], byte[]> producer() {
		return this.producer;
	}

	/**
	 * What the group has committed.
	 * @param group the group
	 * @return offsets by partition number, for groups of one topic
	 */
	Map<Integer, Long> committed(String group) {
		Map<TopicPartition, OffsetAndMetadata> offsets = get(
				this.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
		Map<Integer, Long> committed = new TreeMap<>();
		offsets.forEach((partition, offset) -> {
			if (offset != null) {
				committed.put(partition.partition(), offset.offset());
			}
		});
		return committed;
	}

	long committed(String group, int partition) {
		return committed(group).getOrDefault(partition, -1L);
	}

	/**
	 * What the group has committed, where it has several topics.
	 * @param group the group
	 * @param topic the topic
	 * @param partition the partition's number
	 * @return the offset, -1 where there is none
	 */
	long committed(String group, String topic, int partition) {
		OffsetAndMetadata offset = get(this.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
			.get(new TopicPartition(topic, partition));
		return (offset != null) ? offset.offset() : -1;
	}

	/**
	 * The leader epoch that the group has committed with its offset.
	 * @param group the group
	 * @param topic the topic
	 * @param partition the partition's number
	 * @return the epoch, empty where there is none
	 */
	Optional<Integer> committedEpoch(String group, String topic, int partition) {
		return get(this.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
			.get(new TopicPartition(topic, partition))
			.leaderEpoch();
	}

	int members(String group) {
		return get(this.admin.describeConsumerGroups(List.of(group)).describedGroups().get(group)).members().size();
	}

	Consumer<byte[], byte[]> client(String group, Map<String, Object> settings) {
		return new KafkaConsumer<>(clientSettings(group, settings), new ByteArrayDeserializer(),
				new ByteArrayDeserializer());
	}

	Map<String, Object> clientSettings(String group, Map<String, Object> settings) {
		Map<String, Object> all = new HashMap<>();
		all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, this.bootstrapServers);
		all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
		all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
		all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
		all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
		all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
		all.putAll(settings);
		if (!"consumer".equals(all.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
			all.putIfAbsent(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
					"org.apache.kafka.clients.consumer.CooperativeStickyAssignor");
			all.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 2000);
			all.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 300);
		}
		return all;
	}

	private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.producer.close();
		this.admin.close();
	}

}
