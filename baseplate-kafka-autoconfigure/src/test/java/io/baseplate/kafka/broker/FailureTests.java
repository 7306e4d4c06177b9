package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.UserCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens when a handler, or an unpacker, throws; on a real broker.
 */
class FailureTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String topic = this.cluster.newTopic(1);

	private final String group = this.cluster.newGroup();

	private final AtomicReference<Boolean> shutdown = new AtomicReference<>();

	private final List<Duration> waits = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void stop() {
		this.consumers.close();
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "EACH_MESSAGE", "CONTINUOUS", "INTERVAL" })
	void inOrderStopsAtTheMessageThatFailedAndCommitsNothingFromThereOn(CommitStrategy commit) {
		this.cluster.sendNumbers(this.topic, 1, 20);
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer consumer = inOrder((settings) -> settings.commit(commit).batchSize(10), (data) -> {
			seen.add(data);
			if (data.equals("7")) {
				throw new IllegalStateException("broken");
			}
		});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(seen).containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(7);
		assertThat(this.cluster.members(this.group)).isZero();
		Failure failure = consumer.status().lastError();
		assertThat(failure).isNotNull();
		assertThat(failure.offset()).isEqualTo(7);
		assertThat(failure.topicPartition().topic()).isEqualTo(this.topic);
		assertThat(failure.cause()).hasMessage("broken");
		assertThat(consumer.status().reason()).contains("offset 7");
		Totals totals = consumer.status().totals();
		assertThat(totals.failed()).isEqualTo(1);
		assertThat(totals.read()).isEqualTo(totals.handled() + totals.failed() + totals.uncommitted());
		Awaitility.await().until(() -> this.shutdown.get() != null);
		assertThat(this.shutdown).hasValue(false);
	}

	@Test
	void restartDeliversTheSameMessageAgainInOrder() {
		this.cluster.sendNumbers(this.topic, 1, 20);
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		AtomicInteger failures = new AtomicInteger();
		QueueConsumer consumer = inOrder((settings) -> settings.onFailure(OnFailure.RESTART)
			.restartBackoff(Duration.ofMillis(200), Duration.ofMillis(600)), (data) -> {
				seen.add(data);
				if (data.equals("7") && failures.incrementAndGet() <= 3) {
					throw new IllegalStateException("broken");
				}
			});
		consumer.start();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> seen.contains("19"));
		assertThat(seen).containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "7", "7", "7", "8", "9", "10", "11",
				"12", "13", "14", "15", "16", "17", "18", "19");
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
		assertThat(consumer.status().totals().failed()).isEqualTo(3);
		assertThat(this.waits).hasSize(3);
		assertThat(this.waits.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
		assertThat(this.waits.get(1)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
		assertThat(this.waits.get(2)).isGreaterThanOrEqualTo(Duration.ofMillis(600));
	}

	@Test
	void aConsumerThatWaitsToRestartCanBeStopped() {
		this.cluster.sendNumbers(this.topic, 1, 1);
		QueueConsumer consumer = inOrder((settings) -> settings.onFailure(OnFailure.RESTART)
			.restartBackoff(Duration.ofMinutes(5), Duration.ofMinutes(5)), (data) -> {
				throw new IllegalStateException("broken");
			});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.RESTARTING);
		consumer.stop();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
	}

	@Test
	void shutdownTellsTheApplication() {
		this.cluster.sendNumbers(this.topic, 1, 1);
		QueueConsumer consumer = inOrder((settings) -> settings.onFailure(OnFailure.SHUTDOWN), (data) -> {
			throw new IllegalStateException("broken");
		});
		consumer.start();
		Awaitility.await().until(() -> this.shutdown.get() != null);
		assertThat(this.shutdown).hasValue(true);
	}

	@ParameterizedTest
	@EnumSource(OnFailure.class)
	void anErrorAlwaysGoesTheWayOfStop(OnFailure onFailure) {
		this.cluster.sendNumbers(this.topic, 1, 1);
		QueueConsumer consumer = inOrder((settings) -> settings.onFailure(onFailure), (data) -> {
			throw new OutOfMemoryError("not really");
		});
		consumer.start();
		Awaitility.await().until(() -> this.shutdown.get() != null);
		assertThat(this.shutdown).hasValue(false);
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
	}

	@Test
	void aFailedConsumerCanBeStartedAgain() {
		this.cluster.sendNumbers(this.topic, 1, 3);
		AtomicInteger calls = new AtomicInteger();
		List<String> handled = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer consumer = inOrder((settings) -> settings, (data) -> {
			if (calls.incrementAndGet() == 1) {
				throw new IllegalStateException("broken");
			}
			handled.add(data);
		});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		consumer.start();
		Awaitility.await().until(() -> handled.size() == 3);
		assertThat(handled).containsExactly("0", "1", "2");
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "READ", "PROCESSED" })
	void fastFinishesWhatIsInFlightAndCommitsNothingUnhandledAfterAFailure(CommitStrategy commit) {
		this.cluster.sendNumbers(this.topic, 1, 100);
		CountDownLatch inHand = new CountDownLatch(4);
		CountDownLatch proceed = new CountDownLatch(1);
		List<String> handled = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer consumer = make(ConsumerSettings.fast(Consumers.name(this.group), this.group, List.of(this.topic))
			.commit(commit)
			.maxConcurrency(4)
			.commitInterval(Duration.ofMinutes(10)), (data) -> {
				inHand.countDown();
				inHand.await();
				if (data.equals("2")) {
					throw new IllegalStateException("broken");
				}
				proceed.await();
				handled.add(data);
			});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.STOPPING);
		proceed.countDown();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(handled).containsExactlyInAnyOrder("0", "1", "3");
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(2);
		Totals totals = consumer.status().totals();
		assertThat(totals.read()).isEqualTo(totals.handled() + totals.failed() + totals.uncommitted());
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "READ", "PROCESSED" })
	void aMessageThatFailsWhileTheConsumerStopsIsNotCommitted(CommitStrategy commit) {
		this.cluster.sendNumbers(this.topic, 1, 3);
		CountDownLatch fail = new CountDownLatch(1);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(ConsumerSettings.fast(Consumers.name(this.group), this.group, List.of(this.topic))
			.commit(commit)
			.commitInterval(Duration.ofMinutes(10)), (data) -> {
				if (data.equals("1")) {
					fail.await();
					throw new IllegalStateException("broken");
				}
				handled.incrementAndGet();
			});
		consumer.start();
		Awaitility.await().until(() -> handled.get() == 2);
		CompletableFuture<Void> stopped = consumer.stopAsync();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.STOPPING);
		fail.countDown();
		stopped.join();
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(1);
		assertThat(consumer.status().lastError()).isNotNull();
	}

	@Test
	void aBodyThatCannotBeUnpackedIsSkippedCountedAndCommitted() {
		this.cluster.send(this.topic, 0, "good", "bad", "good again");
		List<Object> handled = Collections.synchronizedList(new ArrayList<>());
		UserCode code = UserCode.of((context, data, message) -> handled.add(data), String.class, (message, type) -> {
			if (Consumers.body(message).equals("bad")) {
				throw new IllegalArgumentException("bad");
			}
			return Consumers.body(message);
		});
		QueueConsumer consumer = this.consumers.make(
				ConsumerSettings.inOrder(Consumers.name(this.group), this.group, List.of(this.topic)), Map.of(),
				(settings) -> settings, code, ConsumerRuntime.plain());
		consumer.start();
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 3);
		assertThat(handled).containsExactly("good", "good again");
		assertThat(consumer.status().totals()).isEqualTo(new Totals(3, 2, 1, 0, 0, 0));
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "EACH_MESSAGE", "READ" })
	void codeOfTheUserRunsOnHandlerThreadsAlone(CommitStrategy commit) {
		this.cluster.sendNumbers(this.topic, 1, 50);
		Set<String> threads = ConcurrentHashMap.newKeySet();
		AtomicInteger handled = new AtomicInteger();
		UserCode code = UserCode.of((context, data, message) -> {
			threads.add(Thread.currentThread().getName());
			handled.incrementAndGet();
		}, String.class, (message, type) -> {
			threads.add(Thread.currentThread().getName());
			return Consumers.body(message);
		});
		ConsumerSettings.Builder settings = (commit.mode() == ConsumerMode.IN_ORDER)
				? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, List.of(this.topic))
				: ConsumerSettings.fast(Consumers.name(this.group), this.group, List.of(this.topic));
		this.consumers.make(settings, Map.of(), (builder) -> builder.commit(commit), code, ConsumerRuntime.plain())
			.start();
		Awaitility.await().until(() -> handled.get() == 50);
		assertThat(threads).isNotEmpty().allMatch((name) -> name.startsWith(Consumers.name(this.group) + "-handler-"));
	}

	private QueueConsumer inOrder(UnaryOperator<ConsumerSettings.Builder> customizer, Handler handler) {
		return make(
				customizer.apply(ConsumerSettings.inOrder(Consumers.name(this.group), this.group, List.of(this.topic))),
				handler);
	}

	private QueueConsumer make(ConsumerSettings.Builder settings, Handler handler) {
		AtomicLong restarting = new AtomicLong();
		ConsumerListener listener = new ConsumerListener() {

			@Override
			public void stateChanged(QueueConsumer consumer, ConsumerState from, ConsumerState to) {
				if (to == ConsumerState.RESTARTING) {
					restarting.set(System.nanoTime());
				}
				else if (from == ConsumerState.RESTARTING) {
					FailureTests.this.waits.add(Duration.ofNanos(System.nanoTime() - restarting.get()));
				}
			}

			@Override
			public void failed(QueueConsumer consumer, Failure failure, boolean shutdown) {
				FailureTests.this.shutdown.set(shutdown);
			}

		};
		return this.consumers.make(settings, Map.of(), (builder) -> builder,
				UserCode.ofRecords((context, data, message) -> handler.handle(Consumers.body(message))),
				new ConsumerRuntime((ignored) -> ConsumerTelemetry.NOOP, ConsumerRuntime.HandlerThreads.PLATFORM,
						listener));
	}

	interface Handler {

		void handle(String data) throws Exception;

	}

}
