package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How far handing over runs ahead of the commits while these fail for long, on a real
 * broker.
 */
class MaxUncommittedTests {

	private static final int CAP = 30;

	private static final int COUNT = 400;

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String topic = this.cluster.newTopic(2);

	private final List<Reader> readers = new ArrayList<>();

	private volatile boolean failing;

	@AfterEach
	void stop() {
		this.failing = false;
		this.consumers.close();
	}

	/**
	 * All strategies side by side, each in a group of its own.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void neverMoreThanMaxUncommittedIsHandedOverBeyondTheLastCommitHoweverLongCommitsFail(String protocol) {
		for (CommitStrategy commit : CommitStrategy.values()) {
			this.readers.add(new Reader(commit, protocol));
		}
		this.readers.forEach((reader) -> reader.consumer.start());
		this.cluster.sendNumbers(this.topic, 2, 60);
		await((reader) -> reader.handled.size() == 60 && reader.isCommitted(30));
		this.failing = true;
		this.cluster.sendNumbers(this.topic, 2, COUNT - 60);
		Awaitility.await()
			.during(Duration.ofMillis(500))
			.until(() -> this.readers.stream().mapToInt((reader) -> reader.handled.size()).sum(),
					new Unchanged()::isSame);
		for (Reader reader : this.readers) {
			assertThat(reader.handled).as(reader.name())
				.hasSizeBetween(61, 60 + 2 * (int) reader.most)
				.doesNotHaveDuplicates();
		}
		this.failing = false;
		await((reader) -> reader.handled.size() == COUNT && reader.isCommitted(COUNT / 2));
		for (Reader reader : this.readers) {
			assertThat(reader.tooFarAhead).as(reader.name()).isEmpty();
			assertThat(reader.handled).as(reader.name()).hasSize(COUNT).doesNotHaveDuplicates();
		}
	}

	private void await(Predicate<Reader> condition) {
		for (Reader reader : this.readers) {
			Awaitility.await().alias(reader.name()).atMost(Duration.ofSeconds(20)).until(() -> condition.test(reader));
		}
	}

	/**
	 * Whether a figure is what it was when it was looked at first or changed last.
	 */
	private static final class Unchanged {

		private int last = -1;

		boolean isSame(int value) {
			boolean same = value == this.last;
			this.last = value;
			return same;
		}

	}

	/**
	 * A consumer with what is handed over to it.
	 */
	private final class Reader {

		private final CommitStrategy commit;

		private final String group = MaxUncommittedTests.this.cluster.newGroup();

		private final long most;

		private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();

		private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

		private final List<String> tooFarAhead = Collections.synchronizedList(new ArrayList<>());

		private final QueueConsumer consumer;

		private Reader(CommitStrategy commit, String protocol) {
			this.commit = commit;
			this.most = (commit == CommitStrategy.EACH_MESSAGE) ? 1 : CAP;
			List<String> topics = List.of(MaxUncommittedTests.this.topic);
			ConsumerSettings.Builder settings = (commit.mode() == ConsumerMode.IN_ORDER)
					? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, topics)
					: ConsumerSettings.fast(Consumers.name(this.group), this.group, topics);
			this.consumer = MaxUncommittedTests.this.consumers.make(settings, Map.of("group.protocol", protocol),
					(builder) -> builder.commit(commit)
						.commitInterval(Duration.ofMillis(100))
						.batchSize(7)
						.maxUncommitted(CAP)
						.stopTimeout(Duration.ofSeconds(3)),
					UserCode.ofRecords((context, data, message) -> handle(message.partition(), message.offset())),
					ConsumerRuntime.plain(), (group, client) -> new Client(group, client, this.acknowledged));
		}

		private void handle(int partition, long offset) {
			long ahead = offset + 1 - this.acknowledged.getOrDefault(partition, 0L);
			if (ahead > this.most) {
				this.tooFarAhead.add(partition + "@" + offset + " ahead by " + ahead);
			}
			this.handled.add(partition + "@" + offset);
		}

		private boolean isCommitted(long offset) {
			return Map.of(0, offset, 1, offset).equals(MaxUncommittedTests.this.cluster.committed(this.group));
		}

		private String name() {
			return this.commit.name();
		}

	}

	/**
	 * Its commits run into a timeout while the test says so.
	 */
	private final class Client extends KafkaConsumer<byte[], byte[]> {

		private final Map<Integer, Long> acknowledged;

		private Client(String group, Map<String, Object> settings, Map<Integer, Long> acknowledged) {
			super(MaxUncommittedTests.this.cluster.clientSettings(group, settings), new ByteArrayDeserializer(),
					new ByteArrayDeserializer());
			this.acknowledged = acknowledged;
		}

		@Override
		public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			if (MaxUncommittedTests.this.failing) {
				throw new TimeoutException("as the test wants it");
			}
			super.commitSync(offsets, timeout);
			acknowledged(offsets);
		}

		@Override
		public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
			if (MaxUncommittedTests.this.failing) {
				callback.onComplete(offsets, new TimeoutException("as the test wants it"));
				return;
			}
			super.commitAsync(offsets, (committed, failure) -> {
				if (failure == null) {
					acknowledged(offsets);
				}
				callback.onComplete(committed, failure);
			});
		}

		private void acknowledged(Map<TopicPartition, OffsetAndMetadata> offsets) {
			offsets.forEach((partition, offset) -> this.acknowledged.put(partition.partition(), offset.offset()));
		}

	}

}
