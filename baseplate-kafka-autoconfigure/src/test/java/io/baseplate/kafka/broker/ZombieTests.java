package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A reader that stands still for longer than {@code max.poll.interval.ms} while its
 * handlers go on, on a real broker: its partition gets another owner meanwhile.
 */
class ZombieTests {

	private static final int COUNT = 1500;

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String topic = this.cluster.newTopic(1);

	private final CountDownLatch held = new CountDownLatch(1);

	private volatile boolean hold;

	@AfterEach
	void stop() {
		this.held.countDown();
		this.consumers.close();
	}

	/**
	 * Under all strategies side by side, each in a group of its own, but under
	 * {@code read}, which counts as handled what is queued.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aReaderThatStandsStillHandsNothingOverAndCommitsNothingOnceItsPartitionHasAnotherOwner(String protocol) {
		this.cluster.sendNumbers(this.topic, 1, COUNT);
		List<Succession> successions = Stream
			.of(CommitStrategy.EACH_MESSAGE, CommitStrategy.CONTINUOUS, CommitStrategy.INTERVAL,
					CommitStrategy.PROCESSED)
			.map((commit) -> new Succession(commit, protocol))
			.toList();
		successions.forEach(Succession::start);
		successions.forEach(Succession::awaitAtWork);
		this.hold = true;
		successions.forEach(Succession::awaitHeld);
		successions.forEach(Succession::succeed);
		successions.forEach(Succession::awaitSuccessor);
		this.held.countDown();
		successions.forEach(Succession::verify);
	}

	private record Start(long offset, long nanos) {
	}

	/**
	 * Two consumers of a group, the second of which takes over from the first.
	 */
	private final class Succession {

		private final CommitStrategy commit;

		private final String group = ZombieTests.this.cluster.newGroup();

		private final List<Start> handedToFirst = Collections.synchronizedList(new ArrayList<>());

		private final List<Start> handedToSecond = Collections.synchronizedList(new ArrayList<>());

		private final CountDownLatch holding = new CountDownLatch(1);

		private final QueueConsumer first;

		private final QueueConsumer second;

		private long committed;

		private int handedOver;

		private Succession(CommitStrategy commit, String protocol) {
			this.commit = commit;
			this.first = make(settings().maxPollInterval(Duration.ofSeconds(1)), protocol, (offset) -> {
				this.handedToFirst.add(new Start(offset, System.nanoTime()));
				Thread.sleep(8);
			}, (group, settings) -> new Client(group, settings, this.holding));
			this.second = make(settings(), protocol,
					(offset) -> this.handedToSecond.add(new Start(offset, System.nanoTime())),
					ZombieTests.this.cluster::client);
		}

		private ConsumerSettings.Builder settings() {
			List<String> topics = List.of(ZombieTests.this.topic);
			ConsumerSettings.Builder settings = (this.commit.mode() == ConsumerMode.IN_ORDER)
					? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, topics)
					: ConsumerSettings.fast(Consumers.name(this.group), this.group, topics).maxConcurrency(2);
			return settings.commit(this.commit).commitInterval(Duration.ofMillis(100)).batchSize(800);
		}

		private QueueConsumer make(ConsumerSettings.Builder settings, String protocol, Handler handler,
				BiFunction<String, Map<String, Object>, Consumer<byte[], byte[]>> clients) {
			return ZombieTests.this.consumers.make(settings, Map.of("group.protocol", protocol), (builder) -> builder,
					UserCode.ofRecords((context, data, message) -> handler.handle(message.offset())),
					ConsumerRuntime.plain(), clients);
		}

		private void start() {
			this.first.start();
		}

		private void awaitAtWork() {
			await(() -> this.handedToFirst.size() > 20 && committed() > 0);
		}

		private void awaitHeld() {
			await(() -> this.holding.getCount() == 0);
			this.committed = committed();
		}

		private void succeed() {
			this.second.start();
		}

		private void awaitSuccessor() {
			await(() -> this.handedToSecond.size() > 50);
			assertThat(this.first.status().queueDepth()).as("what %s had to hand over", this.commit).isPositive();
			this.handedOver = this.handedToFirst.size();
		}

		private void verify() {
			List<Long> commits = new ArrayList<>(List.of(this.committed));
			await(() -> {
				commits.add(committed());
				return commits.get(commits.size() - 1) == COUNT && this.first.status().partitions().isEmpty();
			});
			assertThat(commits).as("commits of %s", this.commit).isSorted();
			assertThat(this.handedToFirst).as("%s", this.commit).hasSize(this.handedOver);
			Start last = this.handedToFirst.get(this.handedOver - 1);
			Start next = this.handedToSecond.get(0);
			assertThat(last.nanos()).as("%s", this.commit).isLessThan(next.nanos());
			assertThat(next.offset()).as("%s", this.commit).isBetween(this.committed, (long) this.handedOver);
			assertThat(this.handedToSecond.stream().map(Start::offset).sorted()).as("%s", this.commit)
				.containsExactly(LongStream.range(next.offset(), COUNT).boxed().toArray(Long[]::new));
		}

		private long committed() {
			return ZombieTests.this.cluster.committed(this.group, 0);
		}

		private void await(Callable<Boolean> condition) {
			Awaitility.await().alias(this.commit.name()).atMost(Duration.ofSeconds(20)).until(condition);
		}

	}

	interface Handler {

		void handle(long offset) throws Exception;

	}

	/**
	 * Stands still in a poll.
	 */
	private final class Client extends KafkaConsumer<byte[], byte[]> {

		private final CountDownLatch holding;

		private Client(String group, Map<String, Object> settings, CountDownLatch holding) {
			super(ZombieTests.this.cluster.clientSettings(group, settings), new ByteArrayDeserializer(),
					new ByteArrayDeserializer());
			this.holding = holding;
		}

		@Override
		public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			if (ZombieTests.this.hold && ZombieTests.this.held.getCount() > 0) {
				this.holding.countDown();
				try {
					ZombieTests.this.held.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}
			return super.poll(timeout);
		}

	}

}
