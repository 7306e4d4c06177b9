package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.WakeupException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What the engine does where something around it fails: whole consumers on Kafka's
 * {@code MockConsumer}.
 */
class EngineFailureTests {

	private final Kafka kafka = new Kafka();

	private final CompletableFuture<QueueConsumer> made = new CompletableFuture<>();

	@AfterEach
	void stop() {
		this.kafka.gate.countDown();
		this.made.join().stop();
	}

	@Test
	void aPauseDuringTheStartUpChecksDoesNotStopTheConsumer() {
		QueueConsumer consumer = consumer(ConsumerRuntime.plain(), 1);
		CompletableFuture<Void> started = consumer.startAsync();
		Awaitility.await().until(() -> this.kafka.checks == 1);
		consumer.pause();
		Awaitility.await().until(() -> this.kafka.checks == 2);
		this.kafka.gate.countDown();
		started.join();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.PAUSED);
		consumer.resume();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
	}

	@Test
	void whatFollowsAStartOrAStopDoesNotRunOnTheReader() {
		QueueConsumer consumer = consumer(ConsumerRuntime.plain(), 1);
		AtomicReference<String> thread = new AtomicReference<>("");
		CompletableFuture<Void> followed = consumer.startAsync()
			.thenRun(() -> thread.set(Thread.currentThread().getName()));
		this.kafka.gate.countDown();
		followed.join();
		assertThat(thread.get()).isNotEmpty().doesNotContain("reader");
		consumer.stopAsync().thenRun(() -> thread.set(Thread.currentThread().getName())).join();
		assertThat(thread.get()).doesNotContain("reader");
	}

	@Test
	void theReaderHasTheApplicationsClassLoaderWhoeverStartsTheConsumer() throws InterruptedException {
		ClassLoader application = Thread.currentThread().getContextClassLoader();
		AtomicReference<ClassLoader> seen = new AtomicReference<>();
		ConsumerListener listener = new ConsumerListener() {

			@Override
			public void stateChanged(QueueConsumer consumer, ConsumerState from, ConsumerState to) {
				if (to == ConsumerState.RUNNING) {
					seen.set(Thread.currentThread().getContextClassLoader());
				}
			}

		};
		QueueConsumer consumer = consumer(new ConsumerRuntime((settings) -> ConsumerTelemetry.NOOP,
				ConsumerRuntime.HandlerThreads.PLATFORM, listener), 1);
		this.kafka.gate.countDown();
		Thread starter = new Thread(consumer::start);
		starter.setContextClassLoader(ClassLoader.getPlatformClassLoader());
		starter.start();
		starter.join();
		assertThat(seen).hasValue(application);
	}

	@Test
	void aStartDuringAStopFollowsIt() {
		Stopping stopping = new Stopping();
		QueueConsumer consumer = stopping.consumer();
		CompletableFuture<Void> stopped = consumer.stopAsync();
		stopping.await();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPING);
		CompletableFuture<Void> started = consumer.startAsync();
		CompletableFuture<Void> startedToo = consumer.startAsync();
		assertThat(started).isNotDone();
		stopping.release.countDown();
		stopped.join();
		started.join();
		startedToo.join();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
	}

	@Test
	void aStopTakesBackAStartThatHasNotBegun() {
		Stopping stopping = new Stopping();
		QueueConsumer consumer = stopping.consumer();
		consumer.stopAsync();
		stopping.await();
		CompletableFuture<Void> started = consumer.startAsync();
		CompletableFuture<Void> stopped = consumer.stopAsync();
		stopping.release.countDown();
		started.join();
		stopped.join();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
	}

	@Test
	void whoeverIsToldOfAStopCannotEndItForOthers() {
		QueueConsumer consumer = consumer(ConsumerRuntime.plain(), 1);
		CompletableFuture<Void> started = consumer.startAsync();
		assertThat(started.complete(null)).isTrue();
		assertThat(consumer.startAsync()).isNotDone();
	}

	@Test
	void handlerThreadsThatStartedEndWhereAnotherCouldNotStart() {
		this.kafka.gate.countDown();
		AtomicReference<Thread> first = new AtomicReference<>();
		QueueConsumer consumer = consumer(runtime(ConsumerListener.NONE, (name, task) -> {
			Thread thread = new Thread(task, name) {

				@Override
				public synchronized void start() {
					if (getName().endsWith("-1")) {
						throw new OutOfMemoryError("unable to create native thread");
					}
					super.start();
				}

			};
			thread.setDaemon(true);
			first.compareAndSet(null, thread);
			return thread;
		}), 2);
		assertThatThrownBy(consumer::start).hasRootCauseInstanceOf(OutOfMemoryError.class);
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
		Awaitility.await().until(() -> !first.get().isAlive());
	}

	@Test
	void anErrorOfAListenerNeitherStopsTheConsumerNorKeepsItFromRestarting() {
		this.kafka.gate.countDown();
		AtomicBoolean broken = new AtomicBoolean(true);
		QueueConsumer consumer = consumer(runtime(new ConsumerListener() {

			@Override
			public void stateChanged(QueueConsumer changed, ConsumerState from, ConsumerState to) {
				throw new NoSuchMethodError("in a listener");
			}

			@Override
			public void failed(QueueConsumer failed, Failure failure, boolean shutdown) {
				broken.set(false);
				throw new NoSuchMethodError("in a listener");
			}

		}, ConsumerRuntime.HandlerThreads.PLATFORM), 1, () -> {
			if (!broken.get()) {
				return new Kafka(0);
			}
			this.kafka.setPollException(new KafkaException("broken"));
			return this.kafka;
		});
		consumer.start();
		Awaitility.await().until(() -> !broken.get() && consumer.status().state() == ConsumerState.RUNNING);
	}

	/**
	 * In order, the handler's thread reads too.
	 */
	@Test
	void aPollThatFailsOnTheHandlersThreadFailsTheConsumerLikeOneOfTheReader() {
		this.kafka.gate.countDown();
		AtomicReference<@Nullable Thread> polled = new AtomicReference<>();
		QueueConsumer consumer = new InOrderConsumer(
				ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic")).build(),
				() -> this.kafka, UserCode.ofRecords((context, data, message) -> {
				}), ConsumerRuntime.plain());
		this.made.complete(consumer);
		assign(1);
		consumer.start();
		Awaitility.await().until(() -> consumer.status().totals().handled() == 1);
		Runnable look = new Runnable() {

			@Override
			public void run() {
				Thread thread = Thread.currentThread();
				if (thread.getName().contains("handler")) {
					polled.set(thread);
					throw new KafkaException("broken");
				}
				EngineFailureTests.this.kafka.schedulePollTask(this);
			}

		};
		this.kafka.schedulePollTask(look);
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(polled.get()).isNotNull();
		assertThat(consumer.status().lastError()).satisfies(
				(failure) -> assertThat(failure.cause()).isInstanceOf(KafkaException.class).hasMessage("broken"));
		assertThat(this.kafka.subscription()).isEmpty();
	}

	/**
	 * What a KIP-848 client gives up at for good, with {@code on-failure: stop}.
	 */
	@Test
	void aClientThatGaveUpAtAnUnexpectedAnswerIsReplacedWhateverOnFailureSays() {
		this.kafka.gate.countDown();
		AtomicBoolean opened = new AtomicBoolean();
		List<ConsumerState> states = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer consumer = consumer(OnFailure.STOP, runtime(new ConsumerListener() {

			@Override
			public void stateChanged(QueueConsumer changed, ConsumerState from, ConsumerState to) {
				states.add(to);
			}

		}, ConsumerRuntime.HandlerThreads.PLATFORM), 1, () -> {
			if (opened.getAndSet(true)) {
				return new Kafka(0);
			}
			this.kafka.setPollException(new UnknownServerException("unexpected"));
			return this.kafka;
		});
		consumer.start();
		Awaitility.await()
			.until(() -> states.contains(ConsumerState.RESTARTING)
					&& consumer.status().state() == ConsumerState.RUNNING);
		assertThat(states).doesNotContain(ConsumerState.FAILED);
	}

	@Test
	void anErrorDuringARestartIsAFailureThatIsTold() {
		this.kafka.gate.countDown();
		List<Failure> told = Collections.synchronizedList(new ArrayList<>());
		AtomicBoolean opened = new AtomicBoolean();
		QueueConsumer consumer = consumer(runtime(new ConsumerListener() {

			@Override
			public void failed(QueueConsumer failed, Failure failure, boolean shutdown) {
				if (failed.status().state() != ConsumerState.RESTARTING) {
					told.add(failure);
				}
			}

		}, ConsumerRuntime.HandlerThreads.PLATFORM), 1, () -> {
			if (opened.getAndSet(true)) {
				throw new OutOfMemoryError("no memory");
			}
			this.kafka.setPollException(new KafkaException("broken"));
			return this.kafka;
		});
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		Awaitility.await()
			.untilAsserted(() -> assertThat(told).singleElement()
				.satisfies((failure) -> assertThat(failure.cause()).isInstanceOf(OutOfMemoryError.class)));
	}

	@Test
	void theTelemetryOfARunThatWasStoppedIsClosedBeforeAnotherRunCanBegin() {
		this.kafka.gate.countDown();
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch startedAgain = new CountDownLatch(1);
		ConsumerTelemetry telemetry = new ConsumerTelemetry() {

			@Override
			public void opened(Consumer<byte[], byte[]> kafka, ConsumerGauges gauges) {
				told.add("opened");
				if (told.size() > 1) {
					startedAgain.countDown();
				}
			}

			@Override
			public void closed() {
				try {
					// Where another run can begin now, this gives it the time to.
					startedAgain.await(1, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				told.add("closed");
			}

		};
		AtomicBoolean stopped = new AtomicBoolean();
		QueueConsumer consumer = consumer(new ConsumerRuntime((settings) -> telemetry,
				ConsumerRuntime.HandlerThreads.PLATFORM, new ConsumerListener() {

					@Override
					public void stateChanged(QueueConsumer changed, ConsumerState from, ConsumerState to) {
						if (to == ConsumerState.STOPPED && !stopped.getAndSet(true)) {
							// By then the state is what it says.
							CompletableFuture.runAsync(changed::startAsync);
						}
					}

				}), 1);
		consumer.start();
		consumer.stop();
		Awaitility.await().until(() -> told.size() == 3 || startedAgain.getCount() == 0);
		assertThat(told.subList(0, 2)).containsExactly("opened", "closed");
	}

	@Test
	void aStopThatComesWhileARevocationWaitsForHandlersInterruptsThemWhenItPromises() {
		assertThat(stopDuringARevocation(1, 0)).isBetween(Duration.ofMillis(1900), Duration.ofMillis(2500));
	}

	@Test
	void aHandlerThatFailsMeanwhileDoesNotGiveTheOthersMoreTime() {
		assertThat(stopDuringARevocation(2, 1000)).isBetween(Duration.ofMillis(1900), Duration.ofMillis(2500));
	}

	/**
	 * Stop a consumer, within 3 seconds, of which a third is kept for what comes after
	 * the handlers.
	 * @param handlers how many handlers, each of which has a message
	 * @param failAfter when the handlers fail, in milliseconds, all but the first
	 * @return when the first handler was interrupted
	 */
	private Duration stopDuringARevocation(int handlers, long failAfter) {
		this.kafka.gate.countDown();
		AtomicLong interrupted = new AtomicLong();
		CountDownLatch handling = new CountDownLatch(handlers);
		CountDownLatch revoking = new CountDownLatch(1);
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.maxConcurrency(handlers)
			.commit(CommitStrategy.PROCESSED)
			.stopTimeout(Duration.ofSeconds(3))
			.build();
		QueueConsumer consumer = new FastConsumer(settings, () -> this.kafka,
				UserCode.ofRecords((context, data, message) -> {
					handling.countDown();
					if (message.offset() > 0) {
						revoking.await();
						Thread.sleep(failAfter);
						throw new IllegalStateException("broken");
					}
					try {
						Thread.sleep(Duration.ofMinutes(1).toMillis());
					}
					catch (InterruptedException ex) {
						interrupted.set(System.nanoTime());
						throw ex;
					}
				}), ConsumerRuntime.plain());
		this.made.complete(consumer);
		assign(handlers);
		consumer.start();
		Awaitility.await().until(() -> handling.getCount() == 0);
		this.kafka.schedulePollTask(() -> {
			revoking.countDown();
			this.kafka.rebalance(List.of());
		});
		Awaitility.await().until(() -> revoking.getCount() == 0);
		long begun = System.nanoTime();
		consumer.stop();
		assertThat(consumer.status().state()).isEqualTo((failAfter > 0) ? ConsumerState.FAILED : ConsumerState.STOPPED);
		return Duration.ofNanos(interrupted.get() - begun);
	}

	/**
	 * Partition 0 is assigned in the next poll.
	 * @param messages how many messages it holds
	 */
	private void assign(int messages) {
		TopicPartition partition = new TopicPartition("topic", 0);
		this.kafka.schedulePollTask(() -> {
			this.kafka.rebalance(List.of(partition));
			this.kafka.updateBeginningOffsets(Map.of(partition, 0L));
			for (int i = 0; i < messages; i++) {
				this.kafka.addRecord(new ConsumerRecord<>("topic", 0, i, null, new byte[0]));
			}
		});
	}

	private QueueConsumer consumer(ConsumerRuntime runtime, int handlers) {
		return consumer(runtime, handlers, () -> this.kafka);
	}

	private QueueConsumer consumer(ConsumerRuntime runtime, int handlers,
			java.util.function.Supplier<Consumer<byte[], byte[]>> client) {
		return consumer(OnFailure.RESTART, runtime, handlers, client);
	}

	private QueueConsumer consumer(OnFailure onFailure, ConsumerRuntime runtime, int handlers,
			java.util.function.Supplier<Consumer<byte[], byte[]>> client) {
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.maxConcurrency(handlers)
			.onFailure(onFailure)
			.restartBackoff(Duration.ofMillis(10), Duration.ofMillis(20))
			.stopTimeout(Duration.ofSeconds(2))
			.build();
		QueueConsumer consumer = new FastConsumer(settings, client, UserCode.ofRecords((context, data, message) -> {
		}), runtime);
		this.made.complete(consumer);
		return consumer;
	}

	private static ConsumerRuntime runtime(ConsumerListener listener, ConsumerRuntime.HandlerThreads threads) {
		return new ConsumerRuntime((settings) -> ConsumerTelemetry.NOOP, threads, listener);
	}

	/**
	 * Keeps a consumer STOPPING until it is let go.
	 */
	private final class Stopping implements ConsumerListener {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		private QueueConsumer consumer() {
			EngineFailureTests.this.kafka.gate.countDown();
			QueueConsumer consumer = EngineFailureTests.this
				.consumer(EngineFailureTests.runtime(this, ConsumerRuntime.HandlerThreads.PLATFORM), 1);
			consumer.start();
			return consumer;
		}

		private void await() {
			Awaitility.await().until(() -> this.begun.getCount() == 0);
		}

		@Override
		public void stateChanged(QueueConsumer consumer, ConsumerState from, ConsumerState to) {
			if (to == ConsumerState.STOPPING) {
				this.begun.countDown();
				try {
					this.release.await(20, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}
		}

	}

	/**
	 * Blocks in the start-up checks, as a client without an answer does, until it is let
	 * go or woken.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final CountDownLatch gate;

		private volatile int checks;

		private volatile boolean woken;

		private Kafka() {
			this(1);
		}

		private Kafka(int gate) {
			super("earliest");
			this.gate = new CountDownLatch(gate);
		}

		@Override
		public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
			this.checks++;
			try {
				while (!this.gate.await(1, TimeUnit.MILLISECONDS)) {
					if (this.woken) {
						this.woken = false;
						throw new WakeupException();
					}
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return List.of(new PartitionInfo(topic, 0, null, null, null));
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
				Duration timeout) {
			return new HashMap<>();
		}

		/**
		 * Another start gets the same client.
		 */
		@Override
		public synchronized void close(org.apache.kafka.clients.consumer.CloseOptions options) {
			unsubscribe();
		}

		@Override
		public synchronized void wakeup() {
			this.woken = true;
			super.wakeup();
		}

	}

}
