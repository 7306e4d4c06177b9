package io.baseplate.kafka.consumer;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handing messages over between one reader and many handlers: real workers on real
 * threads, no Kafka.
 */
class WorkQueueTests {

	private final AtomicLong time = new AtomicLong(1);

	private final Lease lease = new Lease(this.time::get, Duration.ofSeconds(10), Duration.ofMinutes(5),
			CountedAnswers.none(this.time::get));

	private final Mailbox mailbox = new Mailbox();

	private final WorkQueue queue = new WorkQueue(this.lease, this.mailbox);

	private final Outcomes outcomes = new Outcomes(this.mailbox, new Counts());

	private final PartitionProgress progress = new PartitionProgress(new TopicPartition("topic", 0));

	private final List<HandlerWorker> workers = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private final Set<Long> seen = ConcurrentHashMap.newKeySet();

	private final AtomicInteger calls = new AtomicInteger();

	WorkQueueTests() {
		this.progress.begin(0, Optional.empty(), 0);
		this.outcomes.guard(this.queue);
	}

	@AfterEach
	void close() throws InterruptedException {
		this.queue.close();
		for (Thread thread : this.threads) {
			thread.join(10_000);
			assertThat(thread.isAlive()).isFalse();
		}
	}

	@RepeatedTest(20)
	void everyMessageIsHandedOverExactlyOnceHoweverManyHandlersThereAre() {
		start(8);
		int offset = 0;
		for (int batch = 0; batch < 200; batch++) {
			int size = 1 + batch % 7;
			this.queue.add(batch(offset, size), true);
			offset += size;
		}
		int total = offset;
		Awaitility.await().until(() -> this.progress.advance() == total);
		assertThat(this.calls).hasValue(total);
		assertThat(this.seen).hasSize(total);
		assertThat(this.queue.depth()).isZero();
	}

	@RepeatedTest(20)
	void whatIsSealedIsNeverHandedOverAndNothingIsLostInBetween() {
		start(4);
		for (int batch = 0; batch < 100; batch++) {
			this.queue.add(batch(batch * 10, 10), true);
		}
		int sealed = this.queue.sealAll((batch) -> {
		});
		Awaitility.await().until(() -> this.workers.stream().noneMatch(HandlerWorker::isBusy));
		int handled = this.calls.get();
		assertThat(handled + sealed).isEqualTo(1000);
		assertThat(this.queue.depth()).isZero();
		this.queue.add(batch(1000, 1), true);
		Awaitility.await().until(() -> this.calls.get() == handled + 1);
	}

	/**
	 * What is sealed is the end of the queue: nothing behind it has been handed over,
	 * which would be handled again, or In order too early.
	 */
	@RepeatedTest(200)
	void nothingIsHandedOverBehindWhatIsSealed(RepetitionInfo repetition) {
		int total = 3000;
		for (int offset = 0; offset < total; offset++) {
			this.queue.add(batch(offset, 1), true);
		}
		start(3);
		while (this.calls.get() < 20) {
			Thread.onSpinWait();
		}
		boolean all = repetition.getCurrentRepetition() % 2 == 0;
		int sealed = all ? this.queue.sealAll((batch) -> {
		}) : this.queue.seal(this.progress);
		while (this.workers.stream().anyMatch(HandlerWorker::isBusy)) {
			Thread.onSpinWait();
		}
		assertThat(this.calls.get() + sealed).isEqualTo(total);
		assertThat(this.progress.advance()).isEqualTo(this.calls.get());
	}

	@Test
	void messagesThatAreReleasedOneByOneAreHandedOverOneByOne() {
		start(1);
		this.queue.add(batch(0, 3), false);
		this.queue.add(batch(3, 2), false);
		for (int i = 0; i < 5; i++) {
			int expected = i;
			Awaitility.await().until(this.queue::isHandFree);
			assertThat(this.calls).hasValue(expected);
			assertThat(this.queue.releaseOne()).isTrue();
			Awaitility.await().until(() -> this.calls.get() == expected + 1);
		}
		Awaitility.await().until(this.queue::isHandFree);
		assertThat(this.queue.releaseOne()).isFalse();
	}

	/**
	 * Of other partitions, say, while a handler works on one message for an hour.
	 */
	@Test
	void aMessageThatTakesLongDoesNotKeepInMemoryWhatIsReadAndHandledAfterIt() throws InterruptedException {
		HandlerWorker slow = new HandlerWorker(this.queue, processor(), this.outcomes, this.time::get);
		HandlerWorker fast = new HandlerWorker(this.queue, processor(), this.outcomes, this.time::get);
		this.queue.add(batch(0, 1), true);
		this.queue.take(slow);
		PartitionProgress other = new PartitionProgress(new TopicPartition("topic", 1));
		other.begin(0, Optional.empty(), 0);
		List<WeakReference<RecordBatch>> later = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			RecordBatch batch = other.append(List.of(new ConsumerRecord<>("topic", 1, i, null, null)), i + 1,
					Optional.empty());
			later.add(new WeakReference<>(batch));
			this.queue.add(batch, true);
			this.queue.take(fast);
			batch.markDone(0);
			other.advance();
		}
		Awaitility.await().until(() -> {
			System.gc();
			return later.get(0).get() == null && later.get(1).get() == null;
		});
		Reference.reachabilityFence(slow);
	}

	@Test
	void nothingIsHandedOverWhileTheQueueIsHeld() {
		start(2);
		this.queue.hold(true);
		this.queue.add(batch(0, 4), true);
		Awaitility.await().during(Duration.ofMillis(200)).until(() -> this.calls.get() == 0);
		this.queue.hold(false);
		Awaitility.await().until(() -> this.calls.get() == 4);
	}

	@Test
	void nothingIsHandedOverAfterAHalt() {
		start(2);
		this.queue.halt();
		this.queue.add(batch(0, 4), true);
		this.queue.hold(false);
		Awaitility.await().during(Duration.ofMillis(200)).until(() -> this.calls.get() == 0);
	}

	@Test
	void nothingIsHandedOverWhileTheLastPollIsOlderThanTheLease() {
		// One handler waits already, the other comes later.
		start(1);
		this.time.addAndGet(Duration.ofSeconds(11).toNanos());
		this.queue.add(batch(0, 4), true);
		start(1);
		Awaitility.await().during(Duration.ofMillis(200)).until(() -> this.calls.get() == 0);
		this.lease.polled(this.time.get(), true, false);
		this.queue.renewed();
		Awaitility.await().until(() -> this.calls.get() == 4);
	}

	/**
	 * The lease is renewed after the handler has found it expired, and before it waits.
	 */
	@Test
	void aRenewalBetweenTwoLooksAtTheLeaseIsNotMissed() {
		AtomicInteger looks = new AtomicInteger();
		Lease[] lease = new Lease[1];
		lease[0] = new Lease(() -> {
			if (!Thread.currentThread().equals(this.threads.isEmpty() ? null : this.threads.get(0))) {
				return this.time.get();
			}
			if (looks.incrementAndGet() == 3) {
				lease[0].polled(this.time.get(), true, false);
			}
			return this.time.get();
		}, Duration.ofSeconds(10), Duration.ofMinutes(5), CountedAnswers.none(this.time::get));
		this.time.addAndGet(Duration.ofSeconds(11).toNanos());
		WorkQueue queue = new WorkQueue(lease[0], this.mailbox);
		queue.add(batch(0, 1), true);
		Outcomes outcomes = new Outcomes(this.mailbox, new Outcomes.Counts());
		AtomicInteger handled = new AtomicInteger();
		HandlerWorker worker = new HandlerWorker(queue,
				new MessageProcessor(
						ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic")).build(),
						UserCode.ofRecords((context, data, message) -> handled.incrementAndGet()),
						ConsumerTelemetry.NOOP),
				outcomes, this.time::get);
		Thread thread = new Thread(worker, "lease-test-handler");
		this.threads.add(thread);
		thread.start();
		try {
			Awaitility.await().until(() -> handled.get() == 1);
		}
		finally {
			queue.close();
		}
	}

	@Test
	void anInterruptThatIsNotTheStopsLeavesTheHandlerAtWork() {
		start(1);
		this.threads.get(0).interrupt();
		this.queue.add(batch(0, 2), true);
		Awaitility.await().until(() -> this.calls.get() == 2);
	}

	@Test
	void theReaderIsToldWhenTheQueueIsDownToADepth() {
		this.mailbox.attach();
		this.queue.add(batch(0, 10), true);
		this.mailbox.clear();
		this.mailbox.listenForDepth(4);
		start(1);
		long begun = System.nanoTime();
		// A wait may end early, as parking may; one that is not told does not end in
		// time.
		while (this.queue.depth() > 4) {
			this.mailbox.await(Duration.ofSeconds(20).toNanos());
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
		assertThat(this.queue.depth()).isLessThanOrEqualTo(4);
	}

	private MessageProcessor processor() {
		return new MessageProcessor(
				ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic")).build(),
				UserCode.ofRecords((context, data, message) -> {
					this.seen.add(message.offset());
					this.calls.incrementAndGet();
				}), ConsumerTelemetry.NOOP);
	}

	private void start(int count) {
		MessageProcessor processor = processor();
		for (int i = 0; i < count; i++) {
			HandlerWorker worker = new HandlerWorker(this.queue, processor, this.outcomes, this.time::get);
			Thread thread = new Thread(worker, "work-queue-test-" + i);
			this.workers.add(worker);
			this.threads.add(thread);
			thread.start();
		}
	}

	private RecordBatch batch(long offset, int size) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			records.add(new ConsumerRecord<>("topic", 0, offset + i, null, null));
		}
		return this.progress.append(records, offset + size, Optional.empty());
	}

}
