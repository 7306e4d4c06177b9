package io.baseplate.kafka.broker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerSettings;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises of {@code ordering}, on a real broker.
 */
class KeyOrderTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final CountDownLatch release = new CountDownLatch(1);

	private final String group = this.cluster.newGroup();

	/**
	 * What was handled, as partition, at sign and offset.
	 */
	private final List<String> handled = Collections.synchronizedList(new ArrayList<>());

	private final List<String> problems = Collections.synchronizedList(new ArrayList<>());

	private final Map<String, AtomicInteger> now = new ConcurrentHashMap<>();

	private final Map<String, Long> last = new ConcurrentHashMap<>();

	@AfterEach
	void stop() {
		this.release.countDown();
		this.consumers.close();
	}

	@ParameterizedTest
	@CsvSource({ "KEY, READ, classic, 1", "KEY, READ, consumer, 500", "KEY, PROCESSED, classic, 100",
			"KEY, PROCESSED, consumer, 1", "PARTITION, READ, consumer, 1", "PARTITION, PROCESSED, classic, 500" })
	void everythingIsHandledOnceAndInOrderAlsoOverCleanStops(Ordering ordering, CommitStrategy commit, String protocol,
			int batchSize) {
		String topic = this.cluster.newTopic(4);
		send(topic, 4, 20, 2400);
		for (int goal = 800; goal <= 2400; goal += 800) {
			int enough = goal;
			QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of("group.protocol", protocol),
					(settings) -> settings.ordering(ordering).commit(commit).batchSize(batchSize),
					(context, data, message) -> handle(message, ordering));
			consumer.start();
			assertThat(consumer.status().ordering()).isEqualTo(ordering);
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.handled.size() >= enough);
			consumer.stop();
			Totals totals = consumer.status().totals();
			assertThat(totals.read()).isEqualTo(totals.handled());
			assertThat(this.cluster.committed(this.group).values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(this.handled.size());
		}
		assertThat(this.handled).hasSize(2400).doesNotHaveDuplicates();
		assertThat(this.problems).isEmpty();
	}

	/**
	 * Also from one owner to the next: under {@code read} too, where the next one begins
	 * behind what the former has only read.
	 */
	@ParameterizedTest
	@CsvSource({ "KEY, READ, classic", "KEY, PROCESSED, classic", "KEY, PROCESSED, consumer",
			"PARTITION, READ, consumer" })
	void theOrderHoldsWhilePartitionsMoveBetweenOwners(Ordering ordering, CommitStrategy commit, String protocol) {
		int partitions = 6;
		String topic = this.cluster.newTopic(partitions);
		AtomicInteger sent = new AtomicInteger();
		Runnable load = () -> {
			while (sent.get() - this.handled.size() < 1000) {
				send(topic, partitions, 5, 600);
				sent.addAndGet(600);
			}
		};
		load.run();
		UnaryOperator<ConsumerSettings.Builder> settings = (builder) -> builder.ordering(ordering)
			.commit(commit)
			.batchSize(50)
			.commitInterval(Duration.ofMillis(200));
		List<QueueConsumer> started = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of("group.protocol", protocol),
					settings, (context, data, message) -> {
						if (key(message).equals("key-0")) {
							// So that messages wait while others behind them are handled.
							Thread.sleep(3);
						}
						handle(message, ordering);
					});
			consumer.start();
			started.add(consumer);
			int each = partitions / started.size();
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
				load.run();
				return started.stream().allMatch((other) -> other.status().partitions().size() == each);
			});
		}
		started.get(0).stop();
		load.run();
		started.get(1).stop();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.handled.size() >= sent.get());
		started.get(2).stop();
		assertThat(this.problems).isEmpty();
		assertThat(this.handled).doesNotHaveDuplicates().hasSize(sent.get());
		for (QueueConsumer consumer : started) {
			assertThat(consumer.status().totals()).satisfies(KeyOrderTests::addsUp);
		}
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "READ", "PROCESSED" })
	void aKeyThatIsBusyKeepsNeitherOtherKeysNorTheReaderWaiting(CommitStrategy commit) {
		String topic = this.cluster.newTopic(1);
		for (int i = 0; i < 1000; i++) {
			// Ten of the busy key among a thousand: what is queued of it leaves room.
			send(topic, 0, (i % 100 == 0) ? "busy" : "key-" + i % 7);
		}
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(Ordering.KEY)
					.commit(commit)
					.batchSize(10)
					.commitInterval(Duration.ofMillis(100)),
				(context, data, message) -> {
					if (message.offset() == 0) {
						this.release.await();
					}
					handle(message, Ordering.KEY);
				});
		consumer.start();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.handled.size() == 990);
		Awaitility.await()
			.until(() -> this.cluster.committed(this.group, 0) == ((commit == CommitStrategy.READ) ? 1000 : 0));
		assertThat(consumer.status().queueDepth()).isEqualTo(9);
		assertThat(consumer.status().inFlight()).isEqualTo(1);
		this.release.countDown();
		Awaitility.await().until(() -> this.handled.size() == 1000);
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 1000);
		assertThat(this.problems).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(value = Ordering.class, names = { "KEY", "PARTITION" })
	void whatIsReadAheadNeverExceedsTheBoundThatTheStatusShows(Ordering ordering) {
		String topic = this.cluster.newTopic(4);
		send(topic, 4, 4, 800);
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(ordering).maxConcurrency(6).batchSize(5), (context, data, message) -> {
					this.release.await();
					handle(message, ordering);
				});
		consumer.start();
		// A key in each partition: two of the handlers have nothing to begin.
		Awaitility.await().until(() -> consumer.status().inFlight() == 4);
		assertThat(consumer.status().readAheadBound()).isEqualTo(9 + 6 * 5 + 6);
		Awaitility.await()
			.during(Duration.ofMillis(500))
			.until(() -> consumer.status().totals().read() <= consumer.status().readAheadBound());
		this.release.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.handled.size() == 800);
		assertThat(this.problems).isEmpty();
	}

	@Test
	void messagesWithoutAKeyAreHandledSideBySide() {
		String topic = this.cluster.newTopic(1);
		for (int i = 0; i < 50; i++) {
			send(topic, 0, null);
		}
		AtomicInteger now = new AtomicInteger();
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(Ordering.KEY).maxConcurrency(5).batchSize(50),
				(context, data, message) -> {
					now.incrementAndGet();
					this.release.await();
				});
		consumer.start();
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> now.get() == 5);
	}

	@Test
	void partitionsAreHandledSideBySideAndEachOneMessageAtATime() {
		String topic = this.cluster.newTopic(3);
		send(topic, 3, 30, 300);
		AtomicInteger now = new AtomicInteger();
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(Ordering.PARTITION).batchSize(1), (context, data, message) -> {
					now.incrementAndGet();
					this.release.await();
					handle(message, Ordering.PARTITION);
				});
		consumer.start();
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> now.get() == 3);
		this.release.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.handled.size() == 300);
		assertThat(this.problems).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "READ", "PROCESSED" })
	void afterAFailureNothingOfItsKeyIsHandedOver(CommitStrategy commit) {
		String topic = this.cluster.newTopic(1);
		for (int i = 0; i < 200; i++) {
			send(topic, 0, "key-" + i % 4);
		}
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(Ordering.KEY).commit(commit).batchSize(200),
				(context, data, message) -> {
					if (message.offset() == 40) {
						throw new IllegalStateException("broken");
					}
					handle(message, Ordering.KEY);
				});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(this.problems).isEmpty();
		assertThat(this.last).containsEntry("0 key-0", 36L);
		assertThat(this.cluster.committed(this.group, 0)).isLessThanOrEqualTo(40);
		Totals totals = consumer.status().totals();
		assertThat(totals.failed()).isEqualTo(1);
		assertThat(totals).satisfies(KeyOrderTests::addsUp);
	}

	/**
	 * What is handed over again after a failure begins at the last commit, for each key:
	 * no message of a key before those that precede it were handled.
	 */
	@Test
	void afterARestartEachKeyBeginsAgainAtTheLastCommit() {
		String topic = this.cluster.newTopic(2);
		send(topic, 2, 6, 600);
		Set<Long> failed = ConcurrentHashMap.newKeySet();
		Map<String, Set<Long>> done = new ConcurrentHashMap<>();
		Map<String, AtomicInteger> now = new ConcurrentHashMap<>();
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(Ordering.KEY)
					.commit(CommitStrategy.PROCESSED)
					.batchSize(50)
					.commitInterval(Duration.ofMillis(50))
					.onFailure(OnFailure.RESTART)
					.restartBackoff(Duration.ofMillis(50), Duration.ofMillis(50)),
				(context, data, message) -> {
					String chain = message.partition() + " " + key(message);
					Set<Long> before = done.computeIfAbsent(chain, (key) -> ConcurrentHashMap.newKeySet());
					AtomicInteger active = now.computeIfAbsent(chain, (key) -> new AtomicInteger());
					if (active.incrementAndGet() > 1) {
						this.problems.add("two at once of " + chain);
					}
					try {
						// Keys take turns, six of them, three in each partition.
						if (message.offset() >= 3 && !before.contains(message.offset() - 3)) {
							this.problems.add(message.offset() + " too early of " + chain);
						}
						Thread.sleep(1);
						if (message.offset() % 100 == 50 && failed.add(message.partition() * 1000 + message.offset())) {
							throw new IllegalStateException("broken");
						}
						before.add(message.offset());
					}
					finally {
						active.decrementAndGet();
					}
				});
		consumer.start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> this.cluster.committed(this.group).values().stream().mapToLong(Long::longValue).sum() == 600);
		assertThat(failed).hasSize(6);
		assertThat(this.problems).isEmpty();
		assertThat(done.values().stream().mapToInt(Set::size).sum()).isEqualTo(600);
	}

	/**
	 * A stop that has no time for what waits behind a message that does not end.
	 */
	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "READ", "PROCESSED" })
	void whatStillWaitsAtTheEndOfAStopIsLeftUncommitted(CommitStrategy commit) {
		String topic = this.cluster.newTopic(1);
		for (int i = 0; i < 30; i++) {
			send(topic, 0, "key-" + i % 3);
		}
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.ordering(Ordering.KEY)
					.commit(commit)
					.batchSize(30)
					.commitInterval(Duration.ofMinutes(1))
					.stopTimeout(Duration.ofSeconds(1)),
				(context, data, message) -> {
					if (message.offset() == 4) {
						this.release.await();
					}
					handle(message, Ordering.KEY);
				});
		consumer.start();
		Awaitility.await().until(() -> this.handled.size() == 21);
		consumer.stop();
		assertThat(this.handled).hasSize(21);
		assertThat(this.problems).isEmpty();
		Totals totals = consumer.status().totals();
		assertThat(totals.handled()).isEqualTo(21);
		assertThat(totals.uncommitted()).isEqualTo(9);
		assertThat(totals.read()).isEqualTo(30);
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(4);
	}

	private void handle(ConsumerRecord<byte[], byte[]> message, Ordering ordering) throws InterruptedException {
		String chain = message.partition() + ((ordering == Ordering.KEY) ? " " + key(message) : "");
		AtomicInteger active = this.now.computeIfAbsent(chain, (key) -> new AtomicInteger());
		if (active.incrementAndGet() > 1) {
			this.problems.add("two at once of " + chain);
		}
		Long before = this.last.put(chain, message.offset());
		if (before != null && before >= message.offset()) {
			this.problems.add(before + " before " + message.offset() + " of " + chain);
		}
		if (message.offset() % 7 == 0) {
			Thread.sleep(1);
		}
		active.decrementAndGet();
		this.handled.add(message.partition() + "@" + message.offset());
	}

	private static void addsUp(Totals totals) {
		assertThat(totals.read()).isEqualTo(
				Stream.of(totals.handled(), totals.invalid(), totals.failed(), totals.dropped(), totals.uncommitted())
					.mapToLong(Long::longValue)
					.sum());
	}

	private static String key(ConsumerRecord<byte[], byte[]> message) {
		return new String(message.key(), StandardCharsets.UTF_8);
	}

	/**
	 * Messages whose keys take turns, as do the partitions.
	 */
	private void send(String topic, int partitions, int keys, int count) {
		for (int i = 0; i < count; i++) {
			this.cluster.producer()
				.send(new ProducerRecord<>(topic, i % partitions, ("key-" + i % keys).getBytes(StandardCharsets.UTF_8),
						Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
		}
		this.cluster.producer().flush();
	}

	private void send(String topic, int partition, @Nullable String key) {
		this.cluster.producer()
			.send(new ProducerRecord<>(topic, partition, (key != null) ? key.getBytes(StandardCharsets.UTF_8) : null,
					new byte[0]));
	}

}
