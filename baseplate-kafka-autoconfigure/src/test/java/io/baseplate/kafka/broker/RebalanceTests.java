package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens to messages when partitions move between consumers, on a real broker.
 */
class RebalanceTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.release.countDown();
		this.consumers.close();
	}

	static Stream<Arguments> policies() {
		return Stream.of(CommitStrategy.values())
			.flatMap((commit) -> Stream.of("classic", "consumer").map((protocol) -> Arguments.of(commit, protocol)));
	}

	@ParameterizedTest
	@MethodSource("policies")
	void scalingUpAndDownUnderLoadLosesAndRepeatsNothing(CommitStrategy commit, String protocol) {
		int partitions = 6;
		String topic = this.cluster.newTopic(partitions);
		String group = this.cluster.newGroup();
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		MessageHandler<Object> handler = (context, data, message) -> {
			Thread.sleep(1);
			seen.add(message.partition() + "@" + message.offset());
		};
		AtomicInteger sent = new AtomicInteger();
		Runnable load = () -> {
			while (sent.get() - seen.size() < 1000) {
				this.cluster.sendNumbers(topic, partitions, 600);
				sent.addAndGet(600);
			}
		};
		load.run();
		QueueConsumer first = start(commit, protocol, topic, group, handler);
		awaitUnderLoad(load, () -> seen.size() >= 300);
		QueueConsumer second = start(commit, protocol, topic, group, handler);
		awaitUnderLoad(load, () -> second.status().partitions().size() == 3);
		QueueConsumer third = start(commit, protocol, topic, group, handler);
		awaitUnderLoad(load, () -> Stream.of(first, second, third)
			.allMatch((consumer) -> consumer.status().partitions().size() == 2));
		first.stop();
		load.run();
		second.stop();
		load.run();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() >= sent.get());
		third.stop();
		assertThat(seen).doesNotHaveDuplicates().hasSize(sent.get());
		assertThat(this.cluster.committed(group).values().stream().mapToLong(Long::longValue).sum())
			.isEqualTo(sent.get());
	}

	private static void awaitUnderLoad(Runnable load, BooleanSupplier condition) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
			load.run();
			return condition.getAsBoolean();
		});
	}

	/**
	 * The client looks up the committed offset by itself, before the engine does.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void whatTheFormerOwnerCommitsAfterTheClientHasItsPositionIsNotHandledAgain(String protocol) {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 1, 10);
		TopicPartition partition = new TopicPartition(topic, 0);
		Map<TopicPartition, OffsetAndMetadata> early = Map.of(partition, new OffsetAndMetadata(3));
		Map<TopicPartition, OffsetAndMetadata> late = Map.of(partition, new OffsetAndMetadata(8));
		try (Consumer<byte[], byte[]> before = this.cluster.client(group, Map.of("group.protocol", "classic"))) {
			before.assign(List.of(partition));
			before.commitSync(early);
		}
		List<Long> seen = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer consumer = this.consumers.make(
				ConsumerSettings.inOrder(Consumers.name(group), group, List.of(topic)),
				Map.of("group.protocol", protocol), (settings) -> settings,
				UserCode.ofRecords((context, data, message) -> seen.add(message.offset())), ConsumerRuntime.plain(),
				(name, settings) -> new LateCommit(this.cluster.clientSettings(name, settings), early, late));
		consumer.start();
		Awaitility.await().until(() -> this.cluster.committed(group, 0) == 10);
		assertThat(seen).containsExactly(8L, 9L);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aHandlerMuchSlowerThanMaxPollIntervalKeepsItsMembership(String protocol) {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 1, 2);
		AtomicInteger calls = new AtomicInteger();
		QueueConsumer consumer = this.consumers.inOrder(group, topic, Map.of("group.protocol", protocol),
				(settings) -> settings.maxPollInterval(Duration.ofMillis(600)), (context, data, message) -> {
					calls.incrementAndGet();
					if (message.offset() == 0) {
						this.release.await();
					}
				});
		consumer.start();
		Awaitility.await().until(() -> calls.get() == 1);
		Awaitility.await()
			.during(Duration.ofSeconds(4))
			.atMost(Duration.ofSeconds(6))
			.until(() -> consumer.status().partitions().size() == 1 && this.cluster.members(group) == 1);
		this.release.countDown();
		Awaitility.await().until(() -> this.cluster.committed(group, 0) == 2);
		assertThat(calls).hasValue(2);
	}

	@ParameterizedTest
	@CsvSource({ "classic, EACH_MESSAGE", "classic, CONTINUOUS", "classic, INTERVAL", "consumer, EACH_MESSAGE",
			"consumer, CONTINUOUS", "consumer, INTERVAL" })
	void aBatchThatTakesMuchLongerThanMaxPollIntervalKeepsItsMembership(String protocol, CommitStrategy commit) {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 1, 300);
		List<Long> handled = Collections.synchronizedList(new ArrayList<>());
		AtomicLong longest = new AtomicLong();
		AtomicReference<QueueConsumer> self = new AtomicReference<>();
		QueueConsumer consumer = this.consumers.inOrder(group, topic, Map.of("group.protocol", protocol),
				(settings) -> settings.commit(commit)
					.commitInterval(Duration.ofMillis(200))
					.batchSize(300)
					.maxPollInterval(Duration.ofMillis(800)),
				(context, data, message) -> {
					Thread.sleep(10);
					Duration age = self.get().status().sinceLastPoll();
					longest.accumulateAndGet((age != null) ? age.toMillis() : 0, Math::max);
					handled.add(message.offset());
				});
		self.set(consumer);
		consumer.start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.cluster.committed(group, 0) == 300);
		assertThat(handled).isSorted().doesNotHaveDuplicates().hasSize(300);
		assertThat(longest.get()).isLessThan(800);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aMessageInFlightFinishesAndIsCommittedBeforeItsPartitionIsGivenUp(String protocol) {
		String topic = this.cluster.newTopic(2);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 2, 20);
		CountDownLatch inHand = new CountDownLatch(20);
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer first = this.consumers.fast(group, topic, Map.of("group.protocol", protocol),
				(settings) -> settings.commit(CommitStrategy.PROCESSED).batchSize(5).maxConcurrency(20),
				(context, data, message) -> {
					inHand.countDown();
					this.release.await();
					seen.add(message.partition() + "@" + message.offset());
				});
		first.start();
		Awaitility.await().until(() -> inHand.getCount() == 0);
		QueueConsumer second = this.consumers.fast(group, topic, Map.of("group.protocol", protocol),
				(settings) -> settings.commit(CommitStrategy.PROCESSED),
				(context, data, message) -> seen.add(message.partition() + "@" + message.offset()));
		second.start();
		Awaitility.await()
			.during(Duration.ofMillis(700))
			.until(() -> second.status().partitions().isEmpty() && seen.isEmpty());
		this.release.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> seen.size() >= 20);
		// Whatever the second reads again of its partition, it has handled then.
		Awaitility.await()
			.until(() -> second.status().partitions().size() == 1
					&& second.status().partitions().get(0).frontier() == 10);
		assertThat(seen).doesNotHaveDuplicates().hasSize(20);
	}

	@Test
	void aMessageInFlightForLongerThanTheSessionLastsIsCommittedAllTheSameBecauseHeartbeatsAreAnswered() {
		String topic = this.cluster.newTopic(2);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 2, 2);
		CountDownLatch inHand = new CountDownLatch(2);
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer first = this.consumers.fast(group, topic, Map.of("session.timeout.ms", 1500),
				(settings) -> settings.commit(CommitStrategy.PROCESSED).sessionTimeout(Duration.ofMillis(1500)),
				(context, data, message) -> {
					inHand.countDown();
					this.release.await();
					seen.add(message.partition() + "@" + message.offset());
				});
		first.start();
		Awaitility.await().until(() -> inHand.getCount() == 0);
		QueueConsumer second = this.consumers.fast(group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.PROCESSED),
				(context, data, message) -> seen.add(message.partition() + "@" + message.offset()));
		second.start();
		// The callback of the revocation waits now: the reader does not poll.
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> first.status().sinceLastPoll().compareTo(Duration.ofSeconds(3)) > 0);
		assertThat(second.status().partitions()).isEmpty();
		this.release.countDown();
		Awaitility.await().until(() -> second.status().partitions().size() == 1);
		int given = second.status().partitions().get(0).topicPartition().partition();
		assertThat(this.cluster.committed(group, given)).isEqualTo(1);
		this.cluster.sendNumbers(topic, 2, 2);
		Awaitility.await().until(() -> seen.size() >= 4);
		assertThat(seen).containsExactlyInAnyOrder("0@0", "1@0", "0@1", "1@1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aMessageThatDoesNotFinishWithinStopTimeoutIsGivenUpWithItsPartitionAndRepeated(String protocol) {
		String topic = this.cluster.newTopic(2);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 2, 4);
		CountDownLatch inHand = new CountDownLatch(4);
		QueueConsumer first = this.consumers.fast(group, topic, Map.of("group.protocol", protocol),
				(settings) -> settings.commit(CommitStrategy.PROCESSED).stopTimeout(Duration.ofSeconds(1)),
				(context, data, message) -> {
					inHand.countDown();
					this.release.await();
				});
		first.start();
		Awaitility.await().until(() -> inHand.getCount() == 0);
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer second = this.consumers.fast(group, topic, Map.of("group.protocol", protocol),
				(settings) -> settings.commit(CommitStrategy.PROCESSED),
				(context, data, message) -> seen.add(message.partition() + "@" + message.offset()));
		second.start();
		Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> seen.size() == 2);
		assertThat(first.status().inFlight()).isEqualTo(4);
		assertThat(second.status().partitions()).hasSize(1);
	}

	private QueueConsumer start(CommitStrategy commit, String protocol, String topic, String group,
			MessageHandler<Object> handler) {
		ConsumerSettings.Builder settings = (commit.mode() == ConsumerMode.IN_ORDER)
				? ConsumerSettings.inOrder(Consumers.name(group), group, List.of(topic))
				: ConsumerSettings.fast(Consumers.name(group), group, List.of(topic)).maxConcurrency(2);
		QueueConsumer consumer = this.consumers.make(settings, Map.of("group.protocol", protocol),
				(builder) -> builder.commit(commit).batchSize(20).commitInterval(Duration.ofSeconds(1)),
				UserCode.ofRecords(handler), ConsumerRuntime.plain());
		consumer.start();
		return consumer;
	}

	/**
	 * A commit arrives between the client's lookup of committed offsets and the next.
	 */
	private static final class LateCommit extends KafkaConsumer<byte[], byte[]> {

		private final Map<TopicPartition, OffsetAndMetadata> early;

		private final Map<TopicPartition, OffsetAndMetadata> late;

		private boolean done;

		private LateCommit(Map<String, Object> settings, Map<TopicPartition, OffsetAndMetadata> early,
				Map<TopicPartition, OffsetAndMetadata> late) {
			super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
			this.early = early;
			this.late = late;
		}

		@Override
		public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout) {
			if (!this.done && !assignment().isEmpty()) {
				this.done = true;
				this.early.forEach((partition, offset) -> assertThat(position(partition)).isEqualTo(offset.offset()));
				commitSync(this.late);
			}
			return super.committed(partitions, timeout);
		}

	}

}
