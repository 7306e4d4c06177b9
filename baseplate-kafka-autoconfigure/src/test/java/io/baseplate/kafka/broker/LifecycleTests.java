package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerStartException;
import io.baseplate.kafka.consumer.ConsumerStartException.Reason;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.InOrderConsumer;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Starting, pausing and stopping, on a real broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class LifecycleTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String group = this.cluster.newGroup();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.release.countDown();
		this.consumers.close();
	}

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void stoppingEndsWithinStopTimeoutThoughAHandlerIgnoresItsInterrupt(CommitStrategy commit, CapturedOutput output) {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 10);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(commit, topic, (settings) -> settings.stopTimeout(Duration.ofSeconds(4)),
				(body) -> {
					if (body.equals("3")) {
						while (this.release.getCount() > 0) {
							LockSupport.parkNanos(1_000_000);
						}
					}
					handled.incrementAndGet();
				});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().inFlight() == 1 && handled.get() >= 3);
		long begun = System.nanoTime();
		consumer.stop();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(4300));
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		if (commit != CommitStrategy.READ) {
			assertThat(this.cluster.committed(this.group, 0)).isEqualTo(3);
		}
		Totals totals = consumer.status().totals();
		assertThat(output).containsPattern("Handler thread " + consumer.name()
				+ "-handler-\\d did not end in time and stays behind with " + topic + "/0 offset 3");
		// The reader's thread ends a moment later than the stop.
		Awaitility.await().until(() -> threads(consumer.name()).size() == 1);
		assertThat(threads(consumer.name())).hasSize(1).allMatch(Thread::isDaemon);
		this.release.countDown();
		Awaitility.await().until(() -> threads(consumer.name()).isEmpty());
		assertThat(consumer.status().totals()).isEqualTo(totals);
		assertThat(totals.read()).isEqualTo(totals.handled() + totals.uncommitted());
	}

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void whatIsInHandAtAStopFinishesAndFastFinishesItsQueueWhichInOrderLeavesUncommitted(CommitStrategy commit) {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 10);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(commit, topic, (settings) -> settings.batchSize(10), (body) -> {
			this.release.await();
			handled.incrementAndGet();
		});
		consumer.start();
		boolean fast = commit.mode() == ConsumerMode.FAST;
		Awaitility.await()
			.until(() -> consumer.status().inFlight() == (fast ? 3 : 1)
					&& consumer.status().queueDepth() == (fast ? 7 : 9));
		CompletableFuture<Void> stopped = consumer.stopAsync();
		Awaitility.await()
			.during(Duration.ofMillis(500))
			.until(() -> consumer.status().state() == ConsumerState.STOPPING && consumer.status().inFlight() > 0);
		this.release.countDown();
		stopped.join();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		assertThat(handled).hasValue(fast ? 10 : 1);
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(fast ? 10 : 1);
		assertThat(this.cluster.members(this.group)).isZero();
		assertThat(consumer.status().totals())
			.isEqualTo(fast ? new Totals(10, 10, 0, 0, 0, 0) : new Totals(10, 1, 0, 0, 0, 9));
	}

	@Test
	void whatFastHandledBehindAMessageThatDidNotFinishIsLoggedAsToBeRepeated(CapturedOutput output) {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 10);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(CommitStrategy.PROCESSED, topic,
				(settings) -> settings.stopTimeout(Duration.ofSeconds(1)), (body) -> {
					if (body.equals("4")) {
						this.release.await();
					}
					handled.incrementAndGet();
				});
		consumer.start();
		Awaitility.await().until(() -> handled.get() == 9);
		consumer.stop();
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(4);
		assertThat(output).contains("handled again; they are among " + topic + "/0 4..9");
	}

	@Test
	void whatReadCouldNotFinishIsLoggedAsLostWithItsOffsets(CapturedOutput output) {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 10);
		QueueConsumer consumer = make(CommitStrategy.READ, topic,
				(settings) -> settings.stopTimeout(Duration.ofSeconds(1)).maxConcurrency(1).batchSize(10), (body) -> {
					if (!body.equals("0")) {
						this.release.await();
					}
				});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().inFlight() == 1 && consumer.status().totals().handled() == 1);
		consumer.stop();
		assertThat(output).contains("9 messages that were read and not handled")
			.contains("are lost: " + topic + "/0 1..9");
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(1);
	}

	@Test
	void aHandlerThatIsInterruptedByTheStopLeavesItsMessageUncommittedAndIsNoFailure() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 1);
		QueueConsumer consumer = make(CommitStrategy.EACH_MESSAGE, topic,
				(settings) -> settings.stopTimeout(Duration.ofSeconds(1)), (body) -> this.release.await());
		consumer.start();
		Awaitility.await().until(() -> consumer.status().inFlight() == 1);
		consumer.stop();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		assertThat(consumer.status().lastError()).isNull();
		assertThat(consumer.status().totals()).isEqualTo(new Totals(1, 0, 0, 0, 0, 1));
		assertThat(this.cluster.committed(this.group, 0)).isZero();
	}

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void noThreadOutlivesItsConsumer(CommitStrategy commit) {
		String topic = this.cluster.newTopic(2);
		this.cluster.sendNumbers(topic, 2, 50);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(commit, topic, (settings) -> settings, (body) -> handled.incrementAndGet());
		consumer.start();
		Awaitility.await().until(() -> handled.get() == 50);
		assertThat(threads(consumer.name())).isNotEmpty();
		consumer.stop();
		Awaitility.await().until(() -> threads(consumer.name()).isEmpty() && threads(this.group).isEmpty());
	}

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void aPausedConsumerHandsNothingOverAndStaysAMember(CommitStrategy commit) {
		String topic = this.cluster.newTopic(1);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(commit, topic, (settings) -> settings, (body) -> handled.incrementAndGet());
		consumer.start();
		Awaitility.await().until(() -> consumer.status().partitions().size() == 1);
		consumer.pause();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.PAUSED);
		Awaitility.await().until(() -> this.cluster.members(this.group) == 1);
		this.cluster.sendNumbers(topic, 1, 10);
		Awaitility.await().during(Duration.ofSeconds(1)).until(() -> handled.get() == 0);
		consumer.resume();
		Awaitility.await().until(() -> handled.get() == 10);
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
	}

	@Test
	void aMissingTopicFailsTheStart() {
		QueueConsumer consumer = make(CommitStrategy.EACH_MESSAGE, "no-such-topic", (settings) -> settings, (body) -> {
		});
		assertThatExceptionOfType(ConsumerStartException.class).isThrownBy(consumer::start)
			.withMessageContaining(
					"topic 'no-such-topic' does not exist. maybe it's misspelled or on a different kafka " + "cluster?")
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.MISSING_TOPIC));
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
		Awaitility.await().until(() -> threads(consumer.name()).isEmpty());
	}

	@Test
	void aTopicThatIsMadeLaterIsPickedUpWhereMissingTopicsAreAllowed() {
		String topic = "late-" + this.group;
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = this.consumers.make(settings(CommitStrategy.EACH_MESSAGE, topic),
				Map.of("metadata.max.age.ms", "500"), (settings) -> settings.missingTopicsFail(false),
				UserCode.ofRecords((context, data, message) -> handled.incrementAndGet()), ConsumerRuntime.plain());
		consumer.start();
		assertThat(consumer.status().missingTopics()).containsExactly(topic);
		this.cluster.createTopic(topic, 1);
		Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> consumer.status().partitions().size() == 1);
		this.cluster.sendNumbers(topic, 1, 1);
		Awaitility.await().until(() -> handled.get() == 1);
		Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> consumer.status().missingTopics().isEmpty());
	}

	@Test
	void aStopDuringTheStartEndsTheStart() {
		ConsumerSettings settings = settings(CommitStrategy.EACH_MESSAGE, "any").bootstrapServers("localhost:1")
			.build();
		InOrderConsumer consumer = new InOrderConsumer(settings,
				() -> new Cluster("localhost:1").client(this.group, Map.of()),
				UserCode.ofRecords((context, data, message) -> {
				}), ConsumerRuntime.plain());
		consumer.startAsync();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.STARTING);
		Awaitility.await().until(() -> threads(consumer.name()).stream().anyMatch((thread) -> {
			StackTraceElement[] stack = thread.getStackTrace();
			return List.of(stack).stream().anyMatch((frame) -> frame.getMethodName().equals("partitionsFor"));
		}));
		consumer.stop();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
	}

	@Test
	void aHandlerCannotStopItsOwnConsumerAndWaitButCanStopIt() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 1);
		List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer[] consumer = new QueueConsumer[1];
		consumer[0] = make(CommitStrategy.EACH_MESSAGE, topic, (settings) -> settings, (body) -> {
			try {
				consumer[0].stop();
			}
			catch (IllegalStateException ex) {
				thrown.add(ex);
			}
			consumer[0].stopAsync();
		});
		consumer[0].start();
		Awaitility.await().until(() -> consumer[0].status().state() == ConsumerState.STOPPED);
		assertThat(thrown).hasSize(1);
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(1);
	}

	@Test
	void interruptsThatUserCodeLeavesBehindDoNotDisturbTheNextMessage() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 10);
		List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
		// Handed over in one batch, so that the thread does not wait in between.
		QueueConsumer consumer = make(CommitStrategy.CONTINUOUS, topic, (settings) -> settings.batchSize(10),
				(body) -> {
					interrupted.add(Thread.currentThread().isInterrupted());
					Thread.currentThread().interrupt();
				});
		consumer.start();
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 10);
		assertThat(interrupted).hasSize(10).containsOnly(false);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aConsumerThatTheUserMadeAndSubscribedWorksAndIsClosedInTheEnd(String protocol) {
		String topic = this.cluster.newTopic(2);
		this.cluster.sendNumbers(topic, 2, 10);
		AtomicInteger handled = new AtomicInteger();
		Consumer<byte[], byte[]> kafka = this.cluster.client(this.group, Map.of("group.protocol", protocol));
		kafka.subscribe(List.of(topic));
		FastConsumer consumer = new FastConsumer(settings(CommitStrategy.PROCESSED, topic).build(), kafka,
				UserCode.ofRecords((context, data, message) -> handled.incrementAndGet()), ConsumerRuntime.plain());
		consumer.start();
		Awaitility.await().until(() -> handled.get() == 10);
		consumer.stop();
		assertThat(this.cluster.committed(this.group).values()).containsExactly(5L, 5L);
		assertThatIllegalStateException().isThrownBy(kafka::assignment);
		assertThatIllegalStateException().isThrownBy(consumer::start).withMessageContaining("it can be started once");
	}

	@Test
	void aConsumerWithPartitionsAssignedByHandIsRefused() {
		String topic = this.cluster.newTopic(1);
		try (Consumer<byte[], byte[]> kafka = this.cluster.client(this.group, Map.of())) {
			kafka.assign(List.of(new TopicPartition(topic, 0)));
			ConsumerSettings settings = settings(CommitStrategy.EACH_MESSAGE, topic).build();
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new InOrderConsumer(settings, kafka, UserCode.ofRecords((context, data, message) -> {
				}), ConsumerRuntime.plain()))
				.withMessageContaining("assigned partitions by hand");
		}
	}

	@Test
	void aStaticMemberStaysInItsGroupAfterANormalStop() {
		String topic = this.cluster.newTopic(1);
		QueueConsumer consumer = this.consumers.make(settings(CommitStrategy.EACH_MESSAGE, topic),
				Map.of("group.instance.id", "one", "session.timeout.ms", 10000), (settings) -> settings,
				UserCode.ofRecords((context, data, message) -> {
				}), ConsumerRuntime.plain());
		consumer.start();
		Awaitility.await().until(() -> consumer.status().partitions().size() == 1);
		consumer.stop();
		assertThat(this.cluster.members(this.group)).isEqualTo(1);
	}

	@Test
	void aStaticMemberLeavesItsGroupAfterAFailure() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 1);
		QueueConsumer consumer = this.consumers.make(settings(CommitStrategy.EACH_MESSAGE, topic),
				Map.of("group.instance.id", "one", "session.timeout.ms", 10000), (settings) -> settings,
				UserCode.ofRecords((context, data, message) -> {
					throw new IllegalStateException("broken");
				}), ConsumerRuntime.plain());
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(this.cluster.members(this.group)).isZero();
	}

	@Test
	void resumingAConsumerThatStartsChangesNothing() {
		QueueConsumer consumer = make(CommitStrategy.EACH_MESSAGE, "missing-topic", (settings) -> settings, (body) -> {
		});
		CompletableFuture<Void> started = consumer.startAsync();
		consumer.resume();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STARTING);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(started::join);
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
	}

	/**
	 * Whatever several threads want of a consumer at once, it can be stopped, started,
	 * and works.
	 */
	@Test
	void aConsumerThatManyStartStopPauseAndResumeAtOnceWorksAfterwards() {
		String topic = this.cluster.newTopic(1);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = make(CommitStrategy.EACH_MESSAGE, topic, (settings) -> settings,
				(body) -> handled.incrementAndGet());
		List<CompletableFuture<Void>> wishes = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Random random = new Random(i);
			wishes.add(CompletableFuture.runAsync(() -> {
				for (int k = 0; k < 12; k++) {
					switch (random.nextInt(6)) {
						case 0 -> consumer.start();
						case 1 -> consumer.stop();
						case 2 -> consumer.pause();
						case 3 -> consumer.resume();
						case 4 -> consumer.startAsync();
						default -> consumer.stopAsync();
					}
				}
			}));
		}
		wishes.forEach(CompletableFuture::join);
		consumer.resume();
		consumer.stop();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		this.cluster.sendNumbers(topic, 1, 1);
		consumer.start();
		Awaitility.await().until(() -> handled.get() == 1);
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
	}

	/**
	 * Under KIP-848 whoever comes with the instance id of a member that is still there is
	 * turned away for good; so is a process that comes back after it was killed.
	 */
	@Test
	void aStaticMemberWhoseFormerSelfHasNotExpiredYetWaitsForThat() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 1);
		Map<String, Object> client = Map.of("group.protocol", "consumer", "group.instance.id", "one");
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = this.consumers.make(settings(CommitStrategy.EACH_MESSAGE, topic), client,
				(settings) -> settings.restartBackoff(Duration.ofMillis(100), Duration.ofMillis(500)),
				UserCode.ofRecords((context, data, message) -> handled.incrementAndGet()), ConsumerRuntime.plain());
		try (Consumer<byte[], byte[]> former = this.cluster.client(this.group, client)) {
			former.subscribe(List.of(topic));
			Awaitility.await().until(() -> {
				former.poll(Duration.ofMillis(100));
				return !former.assignment().isEmpty();
			});
			consumer.start();
			Awaitility.await().until(() -> consumer.status().state() == ConsumerState.RESTARTING);
		}
		Awaitility.await().until(() -> handled.get() >= 1);
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
	}

	private ConsumerSettings.Builder settings(CommitStrategy commit, String topic) {
		ConsumerSettings.Builder settings = switch (commit.mode()) {
			case IN_ORDER -> ConsumerSettings.inOrder(Consumers.name(this.group), this.group, List.of(topic));
			case FAST ->
				ConsumerSettings.fast(Consumers.name(this.group), this.group, List.of(topic)).maxConcurrency(3);
		};
		return settings.commit(commit);
	}

	private QueueConsumer make(CommitStrategy commit, String topic, UnaryOperator<ConsumerSettings.Builder> customizer,
			Handler handler) {
		return this.consumers.make(settings(commit, topic), Map.of(), customizer,
				UserCode.ofRecords((context, data, message) -> handler.handle(Consumers.body(message))),
				ConsumerRuntime.plain());
	}

	private static List<Thread> threads(String part) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().contains(part))
			.toList();
	}

	interface Handler {

		void handle(String data) throws Exception;

	}

}
