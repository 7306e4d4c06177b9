package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
import org.junit.jupiter.params.provider.CsvSource;

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

	private final String group = this.cluster.newGroup();

	private volatile boolean failing;

	private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();

	private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

	private final List<String> tooFarAhead = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void stop() {
		this.failing = false;
		this.consumers.close();
	}

	@ParameterizedTest
	@CsvSource({ "EACH_MESSAGE, classic, 1", "CONTINUOUS, consumer, 30", "INTERVAL, classic, 30",
			"PROCESSED, consumer, 30", "READ, classic, 30" })
	void neverMoreThanMaxUncommittedIsHandedOverBeyondTheLastCommitHoweverLongCommitsFail(CommitStrategy commit,
			String protocol, int most) {
		QueueConsumer consumer = this.consumers.make(settings(commit), Map.of("group.protocol", protocol),
				(settings) -> settings, UserCode.ofRecords((context, data, message) -> {
					long ahead = message.offset() + 1 - this.acknowledged.getOrDefault(message.partition(), 0L);
					if (ahead > most) {
						this.tooFarAhead.add(message.partition() + "@" + message.offset() + " ahead " + ahead);
					}
					if (message.partition() == 0 && message.offset() == 50) {
						this.failing = true;
					}
					this.handled.add(message.partition() + "@" + message.offset());
				}), ConsumerRuntime.plain(), Client::new);
		consumer.start();
		this.cluster.sendNumbers(this.topic, 2, COUNT);
		Awaitility.await().until(() -> this.failing);
		// At rest, and not at the end: everything that was handed over is handled.
		Awaitility.await()
			.during(Duration.ofMillis(500))
			.until(() -> this.handled.size() + consumer.status().inFlight(), new Unchanged()::isSame);
		assertThat(this.handled).hasSizeLessThan(COUNT);
		this.failing = false;
		Awaitility.await().until(() -> this.handled.size() >= COUNT);
		Awaitility.await().until(() -> Map.of(0, COUNT / 2L, 1, COUNT / 2L).equals(this.cluster.committed(this.group)));
		assertThat(this.tooFarAhead).isEmpty();
		assertThat(this.handled).hasSize(COUNT).doesNotHaveDuplicates();
	}

	private ConsumerSettings.Builder settings(CommitStrategy commit) {
		ConsumerSettings.Builder settings = (commit.mode() == ConsumerMode.IN_ORDER)
				? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, List.of(this.topic))
				: ConsumerSettings.fast(Consumers.name(this.group), this.group, List.of(this.topic));
		return settings.commit(commit)
			.commitInterval(Duration.ofMillis(100))
			.batchSize(7)
			.maxUncommitted(CAP)
			.stopTimeout(Duration.ofSeconds(3));
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
	 * Its commits run into a timeout while the test says so.
	 */
	private final class Client extends KafkaConsumer<byte[], byte[]> {

		private Client(String group, Map<String, Object> settings) {
			super(MaxUncommittedTests.this.cluster.clientSettings(group, settings), new ByteArrayDeserializer(),
					new ByteArrayDeserializer());
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
			offsets.forEach((partition, offset) -> MaxUncommittedTests.this.acknowledged.put(partition.partition(),
					offset.offset()));
		}

	}

}
