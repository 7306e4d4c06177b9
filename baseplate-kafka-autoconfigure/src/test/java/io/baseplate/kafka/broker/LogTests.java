package io.baseplate.kafka.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What logs can look like: gaps in the offsets, new partitions, new incarnations; on a
 * real broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class LogTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String group = this.cluster.newGroup();

	private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void stop() {
		this.consumers.close();
	}

	@ParameterizedTest
	@CsvSource({ "EACH_MESSAGE, classic, 1", "EACH_MESSAGE, consumer, 100", "CONTINUOUS, classic, 100",
			"INTERVAL, classic, 1", "READ, classic, 100", "PROCESSED, consumer, 100" })
	void abortedMessagesAreNotSeenAndTheLagReachesZeroBehindTransactionMarkers(CommitStrategy commit, String protocol,
			int batchSize) {
		String topic = this.cluster.newTopic(1);
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers",
				this.cluster.bootstrapServers(), "transactional.id", this.group, "linger.ms", "0"),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			producer.initTransactions();
			for (int i = 0; i < 10; i++) {
				producer.beginTransaction();
				producer.send(new ProducerRecord<>(topic, 0, null, ("tx " + i).getBytes(StandardCharsets.UTF_8)));
				if (i % 3 == 2) {
					producer.flush();
					producer.abortTransaction();
				}
				else {
					producer.commitTransaction();
				}
			}
		}
		// A large batch ends behind the marker that follows its last message.
		QueueConsumer consumer = start(settings(topic, commit).batchSize(batchSize),
				Map.of("group.protocol", protocol));
		Awaitility.await().until(() -> this.seen.size() == 7);
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 20);
		Awaitility.await().until(() -> consumer.status().partitions().get(0).lag() == 0);
		assertThat(this.seen).doesNotContain("tx 2", "tx 5", "tx 8").doesNotHaveDuplicates();
		Awaitility.await().until(() -> consumer.status().partitions().get(0).frontier() == 20);
		assertThat(this.cluster.committedEpoch(this.group, topic, 0)).contains(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void newPartitionsArePickedUp(String protocol) {
		String topic = this.cluster.newTopic(1);
		QueueConsumer consumer = start(topic, CommitStrategy.PROCESSED,
				Map.of("group.protocol", protocol, "metadata.max.age.ms", "500"));
		Awaitility.await().until(() -> consumer.status().partitions().size() == 1);
		this.cluster.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(3)));
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> consumer.status().partitions().size() == 3);
		this.cluster.sendNumbers(topic, 3, 30);
		Awaitility.await().until(() -> this.seen.size() == 30);
		Awaitility.await()
			.until(() -> List.of(10L, 10L, 10L).equals(List.copyOf(this.cluster.committed(this.group).values())));
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aTopicThatIsDeletedIsReportedAndOneCreatedAnewIsConsumedFromItsBeginning(String protocol) {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 50);
		QueueConsumer consumer = start(topic, CommitStrategy.EACH_MESSAGE,
				Map.of("group.protocol", protocol, "metadata.max.age.ms", "500"));
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 50);
		this.cluster.admin().deleteTopics(List.of(topic));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> consumer.status().missingTopics().contains(topic));
		this.seen.clear();
		this.cluster.createTopic(topic, 1);
		this.cluster.send(topic, 0, "new 0", "new 1");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.seen.size() == 2);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> this.cluster.committed(this.group, 0) == 2);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> consumer.status().missingTopics().isEmpty());
	}

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void aPartitionWithoutACommittedOffsetGetsItsStartPositionCommittedBeforeAnythingIsHandled(CommitStrategy commit) {
		String topic = this.cluster.newTopic(2);
		this.cluster.sendNumbers(topic, 2, 10);
		QueueConsumer consumer = start(topic, commit, Map.of("auto.offset.reset", "latest"));
		Awaitility.await()
			.until(() -> List.of(5L, 5L).equals(List.copyOf(this.cluster.committed(this.group).values())));
		assertThat(consumer.status().totals().read()).isZero();
	}

	/**
	 * Kafka's client has no position then, and looks again after request.timeout.ms, 30
	 * s.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void byDurationAPartitionInWhichNothingIsYoungEnoughBeginsAtItsEndAndWhatComesIsReadAtOnce(String protocol) {
		String topic = this.cluster.newTopic(3);
		long old = System.currentTimeMillis() - Duration.ofHours(2).toMillis();
		for (String body : List.of("old 0", "old 1")) {
			this.cluster.producer()
				.send(new ProducerRecord<>(topic, 0, old, null, body.getBytes(StandardCharsets.UTF_8)));
		}
		this.cluster.producer().send(new ProducerRecord<>(topic, 1, old, null, "old".getBytes(StandardCharsets.UTF_8)));
		this.cluster.send(topic, 1, "young");
		start(settings(topic, CommitStrategy.EACH_MESSAGE).resetDuration(Duration.ofHours(1)),
				Map.of("group.protocol", protocol, "auto.offset.reset", "by_duration:PT1H"));
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> Map.of(0, 2L, 1, 2L, 2, 0L).equals(this.cluster.committed(this.group)));
		this.cluster.send(topic, 0, "new 0");
		this.cluster.send(topic, 2, "new 2");
		Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> this.seen.size() == 3);
		assertThat(this.seen).containsExactlyInAnyOrder("young", "new 0", "new 2");
	}

	/**
	 * With {@code latest} whoever comes next would otherwise be out of range again, and
	 * begin behind what was written in between.
	 */
	@ParameterizedTest
	@CsvSource({ "EACH_MESSAGE, classic", "EACH_MESSAGE, consumer", "CONTINUOUS, classic", "PROCESSED, consumer",
			"READ, classic" })
	void aPositionThatTheClientResetsIsCommittedThoughNoMessageComes(CommitStrategy commit, String protocol)
			throws Exception {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 10);
		TopicPartition partition = new TopicPartition(topic, 0);
		this.cluster.admin()
			.alterConsumerGroupOffsets(this.group, Map.of(partition, new OffsetAndMetadata(3)))
			.all()
			.get();
		this.cluster.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6))).all().get();
		Map<String, Object> client = Map.of("group.protocol", protocol, "auto.offset.reset", "latest");
		QueueConsumer first = start(settings(topic, commit), client);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.cluster.committed(this.group, 0) == 10);
		assertThat(first.status().partitions().get(0).frontier()).isEqualTo(10);
		first.stop();
		this.cluster.send(topic, 0, "while stopped");
		start(settings(topic, commit), client);
		Awaitility.await().until(() -> this.seen.contains("while stopped"));
	}

	@Test
	void partitionsThatComeAndGoAreLogged(CapturedOutput output) {
		String topic = this.cluster.newTopic(1);
		QueueConsumer consumer = start(topic, CommitStrategy.EACH_MESSAGE, Map.of());
		Awaitility.await().until(() -> consumer.status().partitions().size() == 1);
		consumer.stop();
		assertThat(output).containsPattern("INFO .* assigned " + topic + "/0")
			.containsPattern("INFO .* revoked " + topic + "/0");
	}

	@Test
	void anIdleConsumerCommitsNothingOverAndOver() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 5);
		AtomicInteger commits = new AtomicInteger();
		QueueConsumer consumer = this.consumers.make(settings(topic, CommitStrategy.EACH_MESSAGE), Map.of(),
				(settings) -> settings, UserCode.ofRecords((context, data, message) -> {
				}), new ConsumerRuntime((settings) -> new CountingTelemetry(commits),
						ConsumerRuntime.HandlerThreads.PLATFORM, new ConsumerListener() {
						}));
		consumer.start();
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 5);
		Awaitility.await().during(Duration.ofSeconds(2)).until(() -> commits.get() == 5);
	}

	private ConsumerSettings.Builder settings(String topic, CommitStrategy commit) {
		ConsumerSettings.Builder settings = switch (commit.mode()) {
			case IN_ORDER -> ConsumerSettings.inOrder(Consumers.name(this.group), this.group, List.of(topic));
			case FAST -> ConsumerSettings.fast(Consumers.name(this.group), this.group, List.of(topic));
		};
		return settings.commit(commit).commitInterval(Duration.ofMillis(300));
	}

	private QueueConsumer start(String topic, CommitStrategy commit, Map<String, Object> client) {
		return start(settings(topic, commit), client);
	}

	private QueueConsumer start(ConsumerSettings.Builder builder, Map<String, Object> client) {
		QueueConsumer consumer = this.consumers.make(builder, client, (settings) -> settings,
				UserCode.ofRecords((context, data, message) -> this.seen.add(Consumers.body(message))),
				ConsumerRuntime.plain());
		consumer.start();
		return consumer;
	}

	private record CountingTelemetry(AtomicInteger commits) implements ConsumerTelemetry {

		@Override
		public void commitDone(long nanos, boolean success) {
			this.commits.incrementAndGet();
		}

	}

}
