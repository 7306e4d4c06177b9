package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When which strategy commits what: the reader's loop on Kafka's {@code MockConsumer}, on
 * the test's thread, with real handler threads. What happens between two turns of the
 * reader happens in its polls, where the test decides how late it is, how many messages
 * handlers may finish, and when a commit is answered and how.
 */
class CommitStrategiesTests {

	private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private static final int CAP = 20;

	private final AtomicLong time = new AtomicLong(1);

	private final Kafka kafka = new Kafka();

	private final Counts counts = new Counts();

	private final Semaphore permits = new Semaphore(0);

	private final Semaphore slowPermits = new Semaphore(0);

	private final List<Long> started = Collections.synchronizedList(new ArrayList<>());

	private final List<Thread> threads = new ArrayList<>();

	private @Nullable WorkQueue queue;

	private long end;

	private long mostAhead;

	private boolean someAreSlow;

	private boolean signals = true;

	@AfterEach
	void close() throws InterruptedException {
		this.permits.release(1_000_000);
		this.slowPermits.release(1_000_000);
		this.queue.close();
		for (Thread thread : this.threads) {
			thread.join(10_000);
			assertThat(thread.isAlive()).isFalse();
		}
	}

	@Test
	void underContinuousTheNextMessagesAreHandledWhileACommitIsOnItsWayAndTheNextCommitCoversThem() {
		ReaderParts parts = run(CommitStrategy.CONTINUOUS, (settings) -> settings.batchSize(10), () -> begin(),
				() -> add(10), () -> handle(3), () -> {
					assertThat(this.kafka.offsets()).containsExactly(3L);
					handle(4);
				}, () -> {
				}, () -> {
					assertThat(this.kafka.offsets()).containsExactly(3L);
					this.kafka.answer(null);
				}, () -> assertThat(this.kafka.offsets()).containsExactly(3L, 7L), () -> this.kafka.answer(null),
				() -> {
				}, () -> {
					assertThat(this.kafka.offsets()).containsExactly(3L, 7L);
					handle(3);
				}, () -> assertThat(this.kafka.offsets()).containsExactly(3L, 7L, 10L));
		assertThat(parts.outcomes().failure()).isNull();
	}

	@Test
	void underContinuousACommitThatFailsIsFollowedAfterAPauseByOneThatCoversWhatWasHandledMeanwhile() {
		ReaderParts parts = run(CommitStrategy.CONTINUOUS, (settings) -> settings.batchSize(10), () -> begin(),
				() -> add(10), () -> handle(3), () -> {
					handle(1);
					this.kafka.answer(new TimeoutException());
				}, () -> {
					assertThat(this.kafka.offsets()).containsExactly(3L);
					handle(1);
					pass(50);
				}, () -> {
					assertThat(this.kafka.offsets()).containsExactly(3L, 5L);
					this.kafka.answer(new CommitFailedException());
				}, () -> pass(50), () -> this.kafka.answer(new RebalanceInProgressException()), () -> pass(50),
				() -> assertThat(this.kafka.offsets()).containsExactly(3L, 5L, 5L, 5L));
		assertThat(parts.outcomes().failure()).isNull();
	}

	/**
	 * Of what handlers finish while a commit is on its way the reader is not told, so it
	 * must look once that was answered. To wait in its mailbox for as long as it may
	 * without polling (100 ms) would be felt with each message.
	 */
	@Test
	void underContinuousAnAnsweredCommitIsFollowedAtOnceByTheNext() {
		this.signals = false;
		AtomicInteger turns = new AtomicInteger();
		long begun = System.nanoTime();
		run(CommitStrategy.CONTINUOUS, (settings) -> settings.batchSize(2),
				() -> this.kafka.acknowledged == 50 || System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(10),
				(poll) -> {
					if (poll == 0) {
						begin();
					}
					boolean outstanding = this.kafka.commits.size() > this.kafka.answered;
					// In the turn that sends the commit the reader still listens.
					if (outstanding && turns.incrementAndGet() % 2 == 1) {
						return;
					}
					if (this.counts.totals().handled() < this.counts.totals().read()) {
						handle(1);
					}
					this.kafka.answer(null);
					if (this.kafka.acknowledged == this.end && this.end < 50) {
						add(2);
					}
				});
		assertThat(this.kafka.acknowledged).isEqualTo(50);
		assertThat(this.kafka.commits).hasSizeGreaterThan(20);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(1500));
	}

	@ParameterizedTest
	@EnumSource(CommitStrategy.class)
	void aCommitThatIsRefusedFailsTheConsumer(CommitStrategy commit) {
		ReaderParts parts = run(commit, (settings) -> settings, () -> begin(), () -> add(2), () -> {
			this.kafka.refusal = GroupAuthorizationException.forGroupId("service.one");
			handle(1);
			pass(100);
		}, () -> this.kafka.answer(this.kafka.refusal), () -> {
		}, () -> {
		});
		assertThat(parts.outcomes().failure()).isNotNull();
		assertThat(parts.outcomes().failure().description()).startsWith("Commit refused: ").contains("service.one");
		assertThat(parts.assignment().get(PARTITION).committed()).isZero();
		this.permits.release(10);
		assertThat(this.counts.totals().handled()).isLessThanOrEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "INTERVAL", "PROCESSED", "READ" })
	void commitsComeEveryIntervalAndNotEveryMessage(CommitStrategy commit) {
		Runnable[] steps = new Runnable[301];
		steps[0] = () -> begin();
		for (int i = 1; i < steps.length; i++) {
			steps[i] = () -> {
				this.kafka.answer(null);
				add(1);
				pass(10);
				handle((int) Math.min(1, this.counts.totals().read() - this.counts.totals().handled()));
			};
		}
		run(commit, (settings) -> settings.batchSize(10), steps);
		assertThat(this.counts.totals().handled()).isGreaterThan(290);
		assertThat(this.kafka.commits).hasSizeBetween(24, 31);
		for (int i = 1; i < this.kafka.commits.size(); i++) {
			long apart = this.kafka.commits.get(i).time() - this.kafka.commits.get(i - 1).time();
			assertThat(Duration.ofNanos(apart)).isBetween(INTERVAL, INTERVAL.plusMillis(20));
		}
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "INTERVAL", "PROCESSED", "READ" })
	void aCommitThatIsNotAnsweredForLongIsFollowedByNoneUntilItIs(CommitStrategy commit) {
		run(commit, (settings) -> settings.batchSize(10), () -> begin(), () -> add(10), () -> handle(3),
				() -> pass(100), () -> {
					assertThat(this.kafka.offsets()).hasSize(1);
					add(5);
					handle(2);
				}, () -> pass(100), () -> pass(100), () -> pass(100), () -> {
					assertThat(this.kafka.offsets()).containsExactly((commit == CommitStrategy.READ) ? 10L : 3L);
					this.kafka.answer(null);
				}, () -> assertThat(this.kafka.offsets()).last().isEqualTo((commit == CommitStrategy.READ) ? 15L : 5L));
		assertThat(this.kafka.commits).hasSize(2);
	}

	static List<Object[]> runs() {
		List<Object[]> runs = new ArrayList<>();
		for (CommitStrategy commit : CommitStrategy.values()) {
			for (int run = 0; run < 4; run++) {
				runs.add(new Object[] { commit, new Random().nextLong() });
			}
		}
		return runs;
	}

	/**
	 * The handlers compare each message that they get with the last commit that was
	 * acknowledged by then. Commits are answered late, fail, and fail for long; some
	 * messages take long; then everything heals.
	 */
	@ParameterizedTest
	@MethodSource("runs")
	void handingOverNeverRunsAheadOfTheLastAcknowledgedCommitByMoreThanMaxUncommitted(CommitStrategy commit,
			long seed) {
		Random random = new Random(seed);
		this.someAreSlow = true;
		long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		boolean oneByOne = commit == CommitStrategy.EACH_MESSAGE;
		ReaderParts parts = run(commit,
				(settings) -> settings.batchSize(1 + random.nextInt(8))
					.maxUncommitted(CAP)
					.maxConcurrency((commit.mode() == ConsumerMode.FAST) ? 4 : 1),
				() -> System.nanoTime() - deadline >= 0 || (this.kafka.polls > 400
						&& this.kafka.acknowledged == this.end && this.started.size() == this.end),
				(poll) -> {
					boolean healing = poll > 400;
					boolean failing = !healing && poll % 100 > 40;
					if (poll == 0) {
						begin();
					}
					else if (!healing) {
						add(random.nextInt(4));
					}
					pass(random.nextInt(60));
					this.kafka.refusal = (oneByOne && failing) ? new TimeoutException() : null;
					if (healing || random.nextInt(3) == 0) {
						this.kafka.answer(failing ? new TimeoutException() : null);
					}
					this.permits.release((healing || failing) ? 4 : random.nextInt(4));
					if (healing || random.nextInt(20) == 0) {
						this.slowPermits.release();
					}
				});
		assertThat(parts.outcomes().failure()).isNull();
		assertThat(this.kafka.acknowledged).isEqualTo(this.end).isGreaterThan(400);
		assertThat(this.started).hasSize((int) this.end).doesNotHaveDuplicates();
		assertThat(this.mostAhead).isLessThanOrEqualTo(oneByOne ? 1 : CAP);
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, mode = EnumSource.Mode.EXCLUDE, names = "EACH_MESSAGE")
	void atTheCapNothingMoreIsHandedOverUntilACommitIsAcknowledged(CommitStrategy commit) {
		long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
		AtomicInteger pollsAtCap = new AtomicInteger();
		run(commit, (settings) -> settings.batchSize(5).maxUncommitted(CAP),
				() -> System.nanoTime() - deadline >= 0
						|| (this.kafka.acknowledged > 0 && this.started.size() == this.kafka.acknowledged + CAP),
				(poll) -> {
					pass(30);
					if (poll == 0) {
						begin();
						add(60);
						this.permits.release(60);
					}
					else if (this.started.size() == CAP && pollsAtCap.incrementAndGet() % 10 == 0) {
						this.kafka.answer((pollsAtCap.get() < 40) ? new TimeoutException() : null);
					}
				});
		assertThat(this.kafka.commits).hasSizeGreaterThanOrEqualTo(4);
		assertThat(this.kafka.acknowledged).isGreaterThan(0);
		assertThat(this.started).hasSize((int) this.kafka.acknowledged + CAP);
		assertThat(this.mostAhead).isEqualTo(CAP);
	}

	private void begin() {
		this.kafka.updateBeginningOffsets(Map.of(PARTITION, 0L));
		this.kafka.rebalance(List.of(PARTITION));
	}

	private void add(int count) {
		for (int i = 0; i < count; i++) {
			this.kafka.addRecord(new ConsumerRecord<>("topic", 0, this.end++, null, new byte[0]));
		}
	}

	private void pass(long millis) {
		this.time.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	/**
	 * Let handlers finish some messages, and wait until they have.
	 */
	private void handle(int count) {
		long goal = this.counts.totals().handled() + count;
		this.permits.release(count);
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(1))
			.until(() -> this.counts.totals().handled() == goal);
	}

	private ReaderParts run(CommitStrategy commit, UnaryOperator<ConsumerSettings.Builder> customizer,
			Runnable... steps) {
		return run(commit, customizer, () -> this.kafka.polls >= steps.length, (poll) -> steps[poll].run());
	}

	private ReaderParts run(CommitStrategy commit, UnaryOperator<ConsumerSettings.Builder> customizer,
			BooleanSupplier isOver, IntConsumer step) {
		ConsumerSettings.Builder builder = switch (commit.mode()) {
			case IN_ORDER -> ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"));
			case FAST -> ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic")).maxConcurrency(1);
		};
		ConsumerSettings settings = customizer.apply(builder.commit(commit).commitInterval(INTERVAL)).build();
		Ticker ticker = this.time::get;
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(ticker, settings.sessionTimeout(), settings.maxPollInterval(),
				CountedAnswers.none(ticker));
		Outcomes outcomes = new Outcomes(mailbox, this.counts);
		WorkQueue queue = new WorkQueue(lease, mailbox);
		this.queue = queue;
		outcomes.guard(queue);
		MessageProcessor processor = new MessageProcessor(settings,
				UserCode.ofRecords((context, data, message) -> process(message.offset())), ConsumerTelemetry.NOOP);
		List<HandlerWorker> workers = new ArrayList<>();
		for (int i = 0; i < settings.maxConcurrency(); i++) {
			HandlerWorker worker = new HandlerWorker(queue, processor, outcomes, ticker);
			workers.add(worker);
			this.threads.add(new Thread(worker, "commit-strategies-test-" + i));
		}
		ReaderParts parts = new ReaderParts(settings, this.kafka, ticker, ConsumerTelemetry.NOOP, mailbox, lease,
				outcomes, this.counts, queue, workers);
		this.kafka.setMaxPollRecords(settings.maxPollRecords());
		this.kafka.step = step;
		this.kafka.subscribe(Set.of("topic"), new Rebalancing(parts));
		this.threads.forEach(Thread::start);
		new KafkaConsumerWorker(parts, new Turns(mailbox, isOver)).run();
		return parts;
	}

	private void process(long offset) throws InterruptedException {
		synchronized (this.started) {
			this.started.add(offset);
			this.mostAhead = Math.max(this.mostAhead, offset + 1 - this.kafka.acknowledged);
		}
		if (this.someAreSlow && offset % 37 == 5) {
			this.slowPermits.acquire();
		}
		else {
			this.permits.acquire();
		}
	}

	/**
	 * Decides when the reader has done enough. Where it waits for something other than a
	 * poll, time passes all the same, and it need not wait long.
	 */
	private final class Turns implements ReaderCommands {

		private final Mailbox mailbox;

		private final BooleanSupplier isOver;

		private int polls;

		private Turns(Mailbox mailbox, BooleanSupplier isOver) {
			this.mailbox = mailbox;
			this.isOver = isOver;
		}

		@Override
		public boolean isStopping() {
			if (this.polls == CommitStrategiesTests.this.kafka.polls) {
				pass(20);
			}
			this.polls = CommitStrategiesTests.this.kafka.polls;
			return this.isOver.getAsBoolean();
		}

		@Override
		public boolean isPaused() {
			if (CommitStrategiesTests.this.signals) {
				this.mailbox.signal();
			}
			return false;
		}

	}

	private record Commit(long time, long offset, OffsetCommitCallback callback) {
	}

	/**
	 * Runs a step in each poll, and keeps asynchronous commits until they are answered.
	 */
	private final class Kafka extends MockConsumer<byte[], byte[]> {

		private final List<Commit> commits = new ArrayList<>();

		private IntConsumer step = (poll) -> {
		};

		private int polls;

		private int answered;

		private volatile long acknowledged;

		private @Nullable RuntimeException refusal;

		private Kafka() {
			super("earliest");
		}

		List<Long> offsets() {
			return this.commits.stream().map(Commit::offset).toList();
		}

		/**
		 * Answer the commit that is on its way, if there is one.
		 */
		void answer(@Nullable RuntimeException failure) {
			if (this.answered < this.commits.size()) {
				Commit commit = this.commits.get(this.answered++);
				Map<TopicPartition, OffsetAndMetadata> offsets = Map.of(PARTITION,
						new OffsetAndMetadata(commit.offset()));
				if (failure == null) {
					this.acknowledged = commit.offset();
				}
				commit.callback().onComplete(offsets, failure);
			}
		}

		@Override
		public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			this.step.accept(this.polls++);
			return super.poll(timeout);
		}

		@Override
		public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
			if (this.refusal != null) {
				throw this.refusal;
			}
			this.acknowledged = offsets.get(PARTITION).offset();
			super.commitSync(offsets, timeout);
		}

		@Override
		public synchronized void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets,
				@Nullable OffsetCommitCallback callback) {
			if (callback != null) {
				assertThat(this.answered).as("one commit at a time").isEqualTo(this.commits.size());
				this.commits
					.add(new Commit(CommitStrategiesTests.this.time.get(), offsets.get(PARTITION).offset(), callback));
			}
			else {
				super.commitAsync(offsets, null);
			}
		}

	}

}
