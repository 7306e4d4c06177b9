package io.baseplate.kafka.consumer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages that must be handled one after the other, between one reader and many
 * handlers: real workers on real threads, no Kafka.
 */
class OrderingTests {

	private static final int ROOM = 1000;

	private final AtomicLong time = new AtomicLong(1);

	private final Lease lease = new Lease(this.time::get, Duration.ofSeconds(10), Duration.ofMinutes(5),
			CountedAnswers.none(this.time::get));

	private final Mailbox mailbox = new Mailbox();

	private final Counts counts = new Counts();

	private final Outcomes outcomes = new Outcomes(this.mailbox, this.counts);

	private final WorkQueue queue = new WorkQueue(this.lease, this.mailbox, Ordering.KEY, ROOM);

	private final List<HandlerWorker> workers = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	/**
	 * Offsets in the order in which they were begun.
	 */
	private final List<Long> begun = Collections.synchronizedList(new ArrayList<>());

	private final Map<Long, CountDownLatch> gates = new ConcurrentHashMap<>();

	OrderingTests() {
		this.outcomes.guard(this.queue);
	}

	@AfterEach
	void close() throws InterruptedException {
		this.gates.values().forEach(CountDownLatch::countDown);
		this.queue.close();
		for (Thread thread : this.threads) {
			thread.join(10_000);
			assertThat(thread.isAlive()).isFalse();
		}
	}

	@Test
	void messagesOfOneKeyWaitForEachOtherAndThoseOfOthersDoNot() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0, 2);
		start(4);
		add(progress, "a", "b", "a", "a", "b", "c");
		Awaitility.await().until(() -> this.begun.size() == 4);
		assertThat(this.begun).containsExactlyInAnyOrder(0L, 1L, 4L, 5L);
		open(0);
		Awaitility.await().until(() -> this.begun.size() == 5);
		assertThat(this.begun).endsWith(2L);
		open(2);
		Awaitility.await().until(() -> progress.advance() == 6);
		assertThat(this.begun).endsWith(2L, 3L);
		assertThat(this.queue.depth()).isZero();
	}

	@Test
	void messagesOfOneKeyWaitAcrossBatchesToo() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0);
		start(4);
		add(progress, "a");
		add(progress, "b");
		add(progress, "a");
		add(progress, "c", "a");
		Awaitility.await().until(() -> this.begun.size() == 3);
		assertThat(this.begun).containsExactlyInAnyOrder(0L, 1L, 3L);
		open(0);
		Awaitility.await().until(() -> progress.advance() == 5);
		assertThat(this.begun).endsWith(2L, 4L);
	}

	@Test
	void messagesWithoutAKeyDoNotWait() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0, 1, 2);
		start(3);
		add(progress, null, null, null);
		Awaitility.await().until(() -> this.begun.size() == 3);
	}

	@Test
	void anEmptyKeyIsAKey() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0);
		start(2);
		add(progress, "", "", "a");
		Awaitility.await().until(() -> this.begun.size() == 2);
		assertThat(this.begun).containsExactlyInAnyOrder(0L, 2L);
	}

	@Test
	void messagesOfOnePartitionWaitForEachOtherAndThoseOfOthersDoNot() {
		PartitionProgress one = progress(Ordering.PARTITION);
		PartitionProgress two = progress(Ordering.PARTITION);
		gates(0);
		start(4);
		add(one, "a", "b", null);
		add(one, "c");
		this.queue.add(batch(two, 100, "a", "b"), true);
		Awaitility.await().until(() -> two.advance() == 102);
		assertThat(this.begun).containsExactly(0L, 100L, 101L);
		open(0);
		Awaitility.await().until(() -> one.advance() == 4);
		assertThat(this.begun).endsWith(1L, 2L, 3L);
	}

	@Test
	void theSameKeyInAnotherPartitionIsAnotherKey() {
		PartitionProgress one = progress(Ordering.KEY);
		PartitionProgress two = progress(Ordering.KEY);
		gates(0);
		start(2);
		add(one, "a", "a");
		this.queue.add(batch(two, 100, "a"), true);
		Awaitility.await().until(() -> two.advance() == 101);
		assertThat(this.begun).containsExactlyInAnyOrder(0L, 100L);
	}

	@Test
	void whatWaitsCountsAsQueuedAndIsTakenAwayLikeIt() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0);
		start(2);
		add(progress, "a", "a", "b", "a", "a");
		Awaitility.await().until(() -> this.begun.size() == 2 && this.queue.depth() == 3);
		Awaitility.await().until(() -> progress.inFlight() == 1);
		assertThat(progress.pending()).isEqualTo(4);
		assertThat(progress.isInUse()).isTrue();
		assertThat(this.queue.seal(progress)).isEqualTo(3);
		assertThat(this.queue.seal(progress)).isZero();
		assertThat(this.queue.depth()).isZero();
		assertThat(progress.inFlight()).isEqualTo(1);
		open(0);
		Awaitility.await().until(() -> progress.inFlight() == 0);
		Awaitility.await().until(() -> this.workers.stream().noneMatch(HandlerWorker::isBusy));
		assertThat(this.begun).containsExactlyInAnyOrder(0L, 2L);
		assertThat(progress.isInUse()).isFalse();
		assertThat(progress.advance()).isEqualTo(1);
	}

	/**
	 * What waits for a message is not begun by the handler of that message while nothing
	 * is handed over, and is not forgotten either.
	 */
	@Test
	void whatWaitedIsHandedOverOnceTheQueueIsNotHeldAnyMore() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0);
		start(2);
		add(progress, "a", "a", "b");
		Awaitility.await().until(() -> this.begun.size() == 2);
		this.queue.hold(true);
		open(0);
		Awaitility.await().during(Duration.ofMillis(200)).until(() -> this.begun.size() == 2);
		this.queue.hold(false);
		Awaitility.await().until(() -> progress.advance() == 3);
		assertThat(this.begun).endsWith(1L);
	}

	@Test
	void whatWaitedIsHandedOverOnceTheLeaseIsRenewed() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0);
		start(2);
		add(progress, "a", "a", "b");
		Awaitility.await().until(() -> this.begun.size() == 2);
		this.time.addAndGet(Duration.ofSeconds(11).toNanos());
		open(0);
		Awaitility.await().during(Duration.ofMillis(200)).until(() -> this.begun.size() == 2);
		this.lease.polled(this.time.get(), true, false);
		this.queue.renewed();
		Awaitility.await().until(() -> progress.advance() == 3);
		assertThat(this.begun).endsWith(1L);
	}

	/**
	 * As a handler that returns before its message is done will do.
	 */
	@Test
	void aThreadThatIsNoHandlersHandsOnToAHandlerThatWaits() {
		PartitionProgress progress = progress(Ordering.KEY);
		RecordBatch batch = batch(progress, 0, "a", "a");
		this.queue.add(batch, true);
		assertThat(batch.claim()).isZero();
		start(2);
		Awaitility.await().until(() -> batch.isExhausted() && this.workers.stream().noneMatch(HandlerWorker::isBusy));
		assertThat(this.begun).isEmpty();
		assertThat(batch.markDone(0)).isTrue();
		assertThat(this.queue.handOn(batch, 0, null)).isFalse();
		Awaitility.await().until(() -> progress.advance() == 2);
		assertThat(this.begun).containsExactly(1L);
	}

	@Test
	void whatWaitsForAMessageThatFailedIsNeverHandedOver() {
		PartitionProgress progress = progress(Ordering.KEY);
		RecordBatch batch = batch(progress, 0, "a", "a", "b");
		this.queue.add(batch, true);
		assertThat(batch.claim()).isZero();
		ConsumerRecord<byte[], byte[]> message = batch.record(0);
		this.outcomes.done(batch, 0, message, Outcome.FAILED);
		assertThat(batch.handOn(0)).isNull();
		RecordBatch later = batch(progress, 3, "a", "c");
		assertThat(batch.claim()).isEqualTo(1);
		assertThat(batch.isFree(1)).isFalse();
		later.releaseAll();
		assertThat(later.claim()).isZero();
		assertThat(later.isFree(0)).isFalse();
		assertThat(later.claim()).isEqualTo(1);
		assertThat(later.isFree(1)).isTrue();
		assertThat(this.queue.seal(progress)).isEqualTo(3);
	}

	/**
	 * The reader is woken for messages that handlers can begin, though there are as many
	 * in the queue as before.
	 */
	@Test
	void handlersThatFindOnlyWhatWaitsTellTheReader() {
		PartitionProgress progress = progress(Ordering.KEY);
		this.mailbox.attach();
		gates(0);
		add(progress, "a", "a", "a", "a", "a", "a", "a");
		assertThat(this.queue.supply()).isEqualTo(7);
		start(1);
		Awaitility.await().until(() -> this.begun.size() == 1);
		assertThat(this.queue.supply()).isEqualTo(6);
		this.mailbox.clear();
		this.mailbox.listenForDepth(2);
		start(1);
		long begun = System.nanoTime();
		do {
			this.mailbox.await(Duration.ofSeconds(20).toNanos());
		}
		while (this.queue.supply() > 2);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
		assertThat(this.queue.depth()).isEqualTo(6);
		assertThat(this.queue.supply()).isZero();
	}

	@Test
	void whatWaitsBeforeAMessageThatWasBegunIsNotTakenAwayWithTheTail() {
		PartitionProgress progress = progress(Ordering.KEY);
		gates(0);
		start(2);
		add(progress, "a", "a");
		add(progress, "b", "a");
		add(progress, "a", "a");
		Awaitility.await().until(() -> this.begun.size() == 2 && this.queue.depth() == 4);
		Awaitility.await().until(() -> this.workers.stream().anyMatch((worker) -> !worker.isBusy()));
		assertThat(this.queue.sealTail(progress)).isEqualTo(3);
		assertThat(this.queue.depth()).isEqualTo(1);
		assertThat(progress.pending()).isEqualTo(2);
		open(0);
		Awaitility.await().until(() -> progress.pending() == 0);
		assertThat(progress.advance()).isEqualTo(3);
		assertThat(this.begun).endsWith(1L);
	}

	@Test
	void whereNoOtherReadFitsInAHandlerThatWaitsChangesNothing() {
		PartitionProgress progress = progress(Ordering.PARTITION);
		gates(0);
		start(1);
		String[] keys = new String[ROOM + 2];
		add(progress, keys);
		start(1);
		Awaitility.await()
			.until(() -> this.queue.depth() == ROOM + 1 && this.workers.stream().anyMatch((w) -> !w.isBusy()));
		assertThat(this.queue.supply()).isEqualTo(ROOM + 1);
	}

	@ParameterizedTest
	@CsvSource({ "1, 3", "1, 2000", "500, 3", "500, 5000", "7, 40" })
	void theTableFindsEveryKeyHoweverManyThereAreAndWereBefore(int batchSize, int keys) {
		PartitionProgress progress = progress(Ordering.KEY);
		Random random = new Random(batchSize + keys);
		long[] last = new long[keys];
		Arrays.fill(last, -1);
		boolean[] finished = new boolean[20_000];
		List<RecordBatch> batches = new ArrayList<>();
		int offset = 0;
		while (offset + batchSize <= finished.length) {
			int first = offset;
			int[] numbers = IntStream.range(0, batchSize).map((i) -> random.nextInt(keys)).toArray();
			RecordBatch batch = batch(progress, first,
					IntStream.of(numbers).mapToObj((number) -> "key-" + number).toArray(String[]::new));
			batches.add(batch);
			batch.releaseAll();
			for (int i = 0; i < batchSize; i++) {
				assertThat(batch.claim()).isEqualTo(i);
				long before = last[numbers[i]];
				assertThat(batch.isFree(i)).as("message %s after %s", first + i, before)
					.isEqualTo(before < 0 || finished[(int) before]);
				last[numbers[i]] = first + i;
			}
			offset += batchSize;
			// Finish some of what may be begun, the oldest first, and move the frontier.
			for (RecordBatch other : batches) {
				for (int i = 0; i < other.size() && random.nextInt(10) > 0; i++) {
					int at = (int) other.record(i).offset();
					if (other.isOpen(i)) {
						assertThat(other.markDone(i)).isTrue();
						finished[at] = true;
						RecordBatch successors = other.handOn(i);
						assertThat(successors == null || successors.begin(other.successor(i))).isTrue();
					}
				}
			}
			if (random.nextBoolean()) {
				progress.advance();
			}
			batches.removeIf((other) -> IntStream.range(0, other.size()).allMatch(other::isDone));
		}
	}

	@Test
	void keysHaveDifferentHashes() {
		Stream<byte[]> keys = IntStream.range(0, 200_000)
			.mapToObj((i) -> Stream.of("link-" + i, "" + i, "t3_" + Integer.toString(i, 36) + "\0".repeat(i % 20)))
			.flatMap((texts) -> texts)
			.map((text) -> text.getBytes(StandardCharsets.UTF_8));
		assertThat(keys.map(KeyHash::of).distinct().count()).isEqualTo(600_000);
		assertThat(KeyHash.of(new byte[0])).isNotEqualTo(KeyHash.of(new byte[1]));
		assertThat(KeyHash.of("a key".getBytes(StandardCharsets.UTF_8)))
			.isEqualTo(KeyHash.of("a key".getBytes(StandardCharsets.UTF_8)));
	}

	/**
	 * Handlers that take random times, a reader that adds batches of random sizes with
	 * random keys, holds the queue and takes partitions away: everything that was not
	 * taken away is handled once, and each key one message at a time and in order.
	 */
	@RepeatedTest(30)
	void everythingIsHandledOnceAndInOrderWhateverTheReaderDoes(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		Ordering ordering = (repetition.getCurrentRepetition() % 3 == 0) ? Ordering.PARTITION : Ordering.KEY;
		int keys = 1 + random.nextInt(20);
		Ledger ledger = new Ledger(ordering);
		start(1 + random.nextInt(8), ledger::handle);
		List<PartitionProgress> owned = new ArrayList<>();
		long added = 0;
		long sealed = 0;
		long[] offsets = new long[3];
		for (int i = 0; i < offsets.length; i++) {
			owned.add(progress(ordering));
		}
		for (int step = 0; step < 400; step++) {
			int number = random.nextInt(owned.size());
			PartitionProgress progress = owned.get(number);
			int size = (random.nextInt(4) > 0) ? 1 + random.nextInt(3) : 1 + random.nextInt(60);
			List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
			for (int i = 0; i < size; i++) {
				int key = random.nextInt(keys + 1);
				records.add(record(number, offsets[number]++, (key == keys) ? null : "key-" + key));
			}
			this.queue.add(progress.append(records, offsets[number], Optional.empty()), true);
			added += size;
			switch (random.nextInt(12)) {
				case 0 -> {
					this.queue.hold(false);
					boolean tail = random.nextBoolean();
					sealed += tail ? this.queue.sealTail(progress) : this.queue.seal(progress);
					Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> progress.pending() == 0);
					if (tail) {
						progress.advance();
						assertThat(progress.isInUse()).isFalse();
						assertThat(progress.frontier() - 1).isEqualTo(progress.lastHandled());
					}
					ledger.forget(number);
					owned.set(number, progress(ordering));
				}
				case 1 -> this.queue.hold(true);
				case 2, 3, 4 -> this.queue.hold(false);
				case 5, 6 -> progress.advance();
				case 7 -> {
					this.queue.hold(false);
					Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.queue.depth() < 100);
				}
				default -> {
				}
			}
			assertThat(ledger.problems).isEmpty();
		}
		this.queue.hold(false);
		if (random.nextBoolean()) {
			Awaitility.await().until(() -> this.queue.depth() == 0);
		}
		else {
			for (PartitionProgress progress : owned) {
				sealed += this.queue.seal(progress);
			}
		}
		Awaitility.await().until(() -> this.workers.stream().noneMatch(HandlerWorker::isBusy));
		assertThat(ledger.problems).isEmpty();
		assertThat(this.queue.depth()).isZero();
		Totals totals = this.counts.totals();
		assertThat(totals.handled() + sealed).isEqualTo(added);
		assertThat(ledger.handled).hasSize((int) totals.handled());
	}

	private PartitionProgress progress(Ordering ordering) {
		PartitionProgress progress = new PartitionProgress(new TopicPartition("topic", 0), ordering);
		progress.begin(0, Optional.empty(), 0);
		return progress;
	}

	private void gates(long... offsets) {
		for (long offset : offsets) {
			this.gates.put(offset, new CountDownLatch(1));
		}
	}

	private void open(long offset) {
		Objects.requireNonNull(this.gates.get(offset)).countDown();
	}

	private void start(int count) {
		start(count, (context, data, message) -> {
			this.begun.add(message.offset());
			CountDownLatch gate = this.gates.get(message.offset());
			if (gate != null) {
				gate.await();
			}
		});
	}

	private void start(int count, io.baseplate.kafka.MessageHandler<Object> handler) {
		MessageProcessor processor = new MessageProcessor(
				ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic")).build(),
				UserCode.ofRecords(handler), ConsumerTelemetry.NOOP);
		for (int i = 0; i < count; i++) {
			HandlerWorker worker = new HandlerWorker(this.queue, processor, this.outcomes, this.time::get);
			Thread thread = new Thread(worker, "ordering-test-" + this.threads.size());
			this.workers.add(worker);
			this.threads.add(thread);
			thread.start();
		}
	}

	private void add(PartitionProgress progress, @Nullable String... keys) {
		this.queue.add(batch(progress, progress.position(), keys), true);
	}

	private RecordBatch batch(PartitionProgress progress, long offset, @Nullable String... keys) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		for (int i = 0; i < keys.length; i++) {
			records.add(record(0, offset + i, keys[i]));
		}
		return progress.append(records, offset + keys.length, Optional.empty());
	}

	private static ConsumerRecord<byte[], byte[]> record(int partition, long offset, @Nullable String key) {
		return new ConsumerRecord<>("topic", partition, offset,
				(key != null) ? key.getBytes(StandardCharsets.UTF_8) : null, null);
	}

	/**
	 * What handlers did, and what was wrong with it.
	 */
	private static final class Ledger {

		private final Ordering ordering;

		private final Map<String, AtomicInteger> now = new ConcurrentHashMap<>();

		private final Map<String, Long> last = new ConcurrentHashMap<>();

		private final Set<String> handled = ConcurrentHashMap.newKeySet();

		private final List<String> problems = Collections.synchronizedList(new ArrayList<>());

		Ledger(Ordering ordering) {
			this.ordering = ordering;
		}

		void handle(MessageContext context, Object data, ConsumerRecord<byte[], byte[]> message) {
			String place = message.partition() + " " + message.offset();
			String text = (message.key() != null) ? new String(message.key(), StandardCharsets.UTF_8) : null;
			String chain = message.partition() + ((this.ordering == Ordering.KEY) ? " " + text : "");
			boolean ordered = this.ordering == Ordering.PARTITION || text != null;
			if (ordered) {
				if (this.now.computeIfAbsent(chain, (key) -> new AtomicInteger()).incrementAndGet() > 1) {
					this.problems.add("two at once at " + place);
				}
				Long before = this.last.put(chain, message.offset());
				if (before != null && before >= message.offset()) {
					this.problems.add(before + " before " + place);
				}
			}
			if (!this.handled.add(place)) {
				this.problems.add("twice " + place);
			}
			int pause = ThreadLocalRandom.current().nextInt(40);
			if (pause == 0) {
				LockSupport.parkNanos(200_000);
			}
			else if (pause < 10) {
				Thread.yield();
			}
			if (ordered) {
				this.now.get(chain).decrementAndGet();
			}
		}

		/**
		 * The partition begins anew with higher offsets: nothing to forget but that none
		 * may be in hand.
		 */
		void forget(int partition) {
			this.now.forEach((chain, count) -> {
				if (chain.startsWith(partition + "") && count.get() > 0) {
					this.problems.add("in hand after sealing: " + chain);
				}
			});
		}

	}

}
