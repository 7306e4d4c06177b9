package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.UserCode;
import io.micrometer.observation.Observation;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises of the in-order mode, on a real broker.
 */
class InOrderTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	@AfterEach
	void stop() {
		this.consumers.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void eachMessageIsCommittedBeforeTheNextOfFourPartitionsIsHandled(String protocol) {
		String topic = this.cluster.newTopic(4);
		String group = this.cluster.newGroup();
		Map<Integer, List<Long>> handled = new ConcurrentHashMap<>();
		List<String> violations = Collections.synchronizedList(new ArrayList<>());
		AtomicInteger count = new AtomicInteger();
		AtomicInteger inHand = new AtomicInteger();
		this.cluster.sendNumbers(topic, 4, 80);
		start(topic, group, Map.of("group.protocol", protocol), (settings) -> settings, (context, data, message) -> {
			if (inHand.incrementAndGet() != 1) {
				violations.add("two at once");
			}
			Map<Integer, Long> committed = this.cluster.committed(group);
			handled.forEach((partition, offsets) -> {
				long expected = offsets.get(offsets.size() - 1) + 1;
				if (committed.getOrDefault(partition, -1L) != expected) {
					violations.add("partition " + partition + " committed " + committed.get(partition) + " instead of "
							+ expected + " when " + message.partition() + "@" + message.offset() + " was handed over");
				}
			});
			handled.computeIfAbsent(message.partition(), (partition) -> new ArrayList<>()).add(message.offset());
			inHand.decrementAndGet();
			count.incrementAndGet();
		});
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> count.get() >= 80);
		Awaitility.await()
			.until(() -> this.cluster.committed(group).values().stream().allMatch((offset) -> offset == 20));
		assertThat(violations).isEmpty();
		assertThat(handled).hasSize(4);
		handled.values().forEach((offsets) -> assertThat(offsets).isSorted().doesNotHaveDuplicates().hasSize(20));
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "EACH_MESSAGE", "CONTINUOUS", "INTERVAL" })
	void messagesAreHandledOneByOneAndThoseOfAPartitionInTheOrderOfTheirOffsets(CommitStrategy commit) {
		String topic = this.cluster.newTopic(4);
		String group = this.cluster.newGroup();
		Map<Integer, List<Long>> handled = new ConcurrentHashMap<>();
		AtomicInteger count = new AtomicInteger();
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		this.cluster.sendNumbers(topic, 4, 200);
		start(topic, group, Map.of(), (settings) -> settings.batchSize(20).commit(commit), (context, data, message) -> {
			most.accumulateAndGet(now.incrementAndGet(), Math::max);
			Thread.sleep(1);
			handled.computeIfAbsent(message.partition(), (partition) -> Collections.synchronizedList(new ArrayList<>()))
				.add(message.offset());
			now.decrementAndGet();
			count.incrementAndGet();
		});
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> count.get() >= 200);
		assertThat(most).hasValue(1);
		assertThat(handled).hasSize(4);
		handled.values().forEach((offsets) -> assertThat(offsets).isSorted().doesNotHaveDuplicates().hasSize(50));
	}

	/**
	 * A fetch tells of partitions without messages too, where another one has some.
	 */
	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "EACH_MESSAGE", "CONTINUOUS", "INTERVAL" })
	void anIdleReaderDoesNotSpin(CommitStrategy commit) {
		String topic = this.cluster.newTopic(4);
		String group = this.cluster.newGroup();
		AtomicInteger reads = new AtomicInteger();
		ConsumerTelemetry telemetry = new ConsumerTelemetry() {

			@Override
			public ReadScope readStarted() {
				reads.incrementAndGet();
				return ReadScope.NOOP;
			}

		};
		this.cluster.send(topic, 0, "1", "2", "3");
		this.consumers.make(ConsumerSettings.inOrder(Consumers.name(group), group, List.of(topic)), Map.of(),
				(settings) -> settings.batchSize(100).commit(commit).commitInterval(Duration.ofMillis(200)),
				UserCode.ofRecords((context, data, message) -> {
				}), new ConsumerRuntime((settings) -> telemetry, ConsumerRuntime.HandlerThreads.PLATFORM,
						ConsumerListener.NONE))
			.start();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.cluster.committed(group, 0) == 3);
		int before = reads.get();
		Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
		// The reader blocks for up to half a second, and looks around in between.
		assertThat(reads.get() - before).isLessThan(30);
	}

	/**
	 * Under {@code each-message}, where the reader would have to be woken for each
	 * message.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aHandlerThatIsQuickCommitsForItselfAndTheReaderReadsWhileItIsBusy(String protocol) {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		Map<String, AtomicInteger> commits = new ConcurrentHashMap<>();
		Map<String, AtomicInteger> reads = new ConcurrentHashMap<>();
		ConsumerTelemetry telemetry = new ConsumerTelemetry() {

			@Override
			public Scope messageCommitStarted(Observation message) {
				count(commits);
				return Scope.NOOP;
			}

			@Override
			public ReadScope readStarted() {
				count(reads);
				return ReadScope.NOOP;
			}

		};
		CountDownLatch busy = new CountDownLatch(1);
		this.cluster.sendNumbers(topic, 1, 1001);
		QueueConsumer consumer = this.consumers.make(
				ConsumerSettings.inOrder(Consumers.name(group), group, List.of(topic)),
				Map.of("group.protocol", protocol), (settings) -> settings.batchSize(10),
				UserCode.ofRecords((context, data, message) -> {
					if (Consumers.body(message).equals("1000")) {
						busy.await();
					}
				}), new ConsumerRuntime((settings) -> telemetry, ConsumerRuntime.HandlerThreads.PLATFORM,
						ConsumerListener.NONE));
		consumer.start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> consumer.status().totals().handled() == 1000 && consumer.status().inFlight() == 1);
		assertThat(commits.get("handler")).hasValueGreaterThan(800);
		AtomicInteger ofReader = reads.computeIfAbsent("reader", (name) -> new AtomicInteger());
		int before = ofReader.get();
		Awaitility.await().until(() -> ofReader.get() > before + 3);
		busy.countDown();
		Awaitility.await().until(() -> this.cluster.committed(group, 0) == 1001);
	}

	private static void count(Map<String, AtomicInteger> counts) {
		String role = Thread.currentThread().getName().endsWith("-reader") ? "reader" : "handler";
		counts.computeIfAbsent(role, (name) -> new AtomicInteger()).incrementAndGet();
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "EACH_MESSAGE", "CONTINUOUS", "INTERVAL" })
	void everythingIsHandledOnceAndCommittedAtACleanStop(CommitStrategy commit) {
		String topic = this.cluster.newTopic(4);
		String group = this.cluster.newGroup();
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		this.cluster.sendNumbers(topic, 4, 2000);
		MessageHandler<Object> handler = (context, data, message) -> seen.add(Consumers.body(message));
		QueueConsumer first = start(topic, group, Map.of(), (settings) -> settings.batchSize(100).commit(commit),
				handler);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() >= 300);
		first.stop();
		assertThat(first.status().state()).isEqualTo(ConsumerState.STOPPED);
		assertThat(this.cluster.members(group)).isZero();
		long committed = this.cluster.committed(group).values().stream().mapToLong(Long::longValue).sum();
		assertThat(committed).isEqualTo(seen.size());
		Totals totals = first.status().totals();
		assertThat(totals.read()).isEqualTo(totals.handled() + totals.uncommitted());
		start(topic, group, Map.of(), (settings) -> settings.batchSize(100).commit(commit), handler);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() >= 2000);
		assertThat(seen).hasSize(2000).doesNotHaveDuplicates();
	}

	private QueueConsumer start(String topic, String group, Map<String, Object> client,
			UnaryOperator<ConsumerSettings.Builder> customizer, MessageHandler<Object> handler) {
		QueueConsumer consumer = this.consumers.inOrder(group, topic, client, customizer, handler);
		consumer.start();
		return consumer;
	}

}
