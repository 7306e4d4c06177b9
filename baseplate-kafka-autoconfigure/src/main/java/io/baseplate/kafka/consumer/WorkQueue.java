package io.baseplate.kafka.consumer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.baseplate.kafka.Ordering;
import org.jspecify.annotations.Nullable;

/**
 * The internal work queue: batches in the order in which they were read, linked from the
 * reader's end to the handlers'. The reader adds, releases and seals; handlers take
 * message by message, without a lock as long as there is something to take.
 */
final class WorkQueue {

	/**
	 * How long a handler waits at a time while the lease has run out: the reader tells of
	 * its renewal, which a handler can miss that looks at the same time.
	 */
	private static final long LEASE_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final VarHandle HEAD;

	static {
		try {
			HEAD = MethodHandles.lookup().findVarHandle(WorkQueue.class, "head", RecordBatch.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Lease lease;

	private final Mailbox mailbox;

	private final AtomicInteger queued = new AtomicInteger();

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition available = this.lock.newCondition();

	private final AtomicInteger waiting = new AtomicInteger();

	/**
	 * Messages whose turn is over, which may be begun now and that nobody has;
	 * {@code null} where there is no order.
	 */
	private final @Nullable Queue<Passed> passed;

	/**
	 * Up to this depth handlers that find nothing to begin ask for another read; -1 for
	 * never.
	 */
	private final int room;

	/**
	 * The handlers' end; moved through {@link #HEAD}.
	 */
	private volatile RecordBatch head;

	private volatile boolean held;

	private volatile boolean halted;

	private volatile boolean closed;

	/**
	 * The reader's end, and the batch that is released message by message.
	 */
	private RecordBatch tail;

	private @Nullable RecordBatch releasing;

	WorkQueue(Lease lease, Mailbox mailbox) {
		this(lease, mailbox, Ordering.NONE, -1);
	}

	/**
	 * Create a new instance.
	 * @param lease must hold where a message is handed over
	 * @param mailbox where the reader waits
	 * @param ordering the order of messages
	 * @param room up to which depth another read fits in
	 */
	WorkQueue(Lease lease, Mailbox mailbox, Ordering ordering, int room) {
		this.lease = lease;
		this.mailbox = mailbox;
		this.passed = (ordering != Ordering.NONE) ? new ConcurrentLinkedQueue<>() : null;
		this.room = (ordering == Ordering.KEY) ? room : -1;
		this.tail = new RecordBatch();
		this.head = this.tail;
	}

	/**
	 * Messages that were not begun.
	 * @return the number
	 */
	int depth() {
		return Math.max(0, this.queued.get());
	}

	/**
	 * What there is for handlers to begin: the depth, but nothing where handlers wait all
	 * the same, because all that is queued waits for messages of its keys, and there is
	 * room for another read.
	 * @return the number
	 */
	int supply() {
		int depth = depth();
		return (depth <= this.room && isStarving()) ? 0 : depth;
	}

	/**
	 * Whether there is an order and handlers wait, whatever is queued.
	 * @return {@code true} where messages of other keys or partitions would be begun
	 */
	boolean isStarving() {
		return this.passed != null && this.waiting.get() > 0;
	}

	/**
	 * Add a batch. Reader thread.
	 * @param batch the batch
	 * @param release whether all of it may be taken at once; otherwise
	 * {@link #releaseOne()} does, one by one
	 */
	void add(RecordBatch batch, boolean release) {
		this.queued.addAndGet(batch.size());
		if (release) {
			batch.releaseAll();
		}
		else if (this.releasing == null) {
			this.releasing = batch;
		}
		this.tail.follow(batch);
		this.tail = batch;
		if (release) {
			wake(batch.size());
		}
	}

	/**
	 * Whether the message that was released last has come to an end. Reader thread.
	 * @return {@code true} where {@link #releaseOne()} may be called
	 */
	boolean isHandFree() {
		RecordBatch batch = this.releasing;
		return batch == null || batch.isReleasedEnded();
	}

	/**
	 * Let the next message be taken. Reader thread.
	 * @return {@code false} where there is none
	 */
	boolean releaseOne() {
		RecordBatch batch = this.releasing;
		while (batch != null && (batch.isExhausted() || batch.isFullyReleased())) {
			batch = after(batch);
		}
		this.releasing = batch;
		if (batch == null) {
			return false;
		}
		batch.releaseOne();
		wake(1);
		return true;
	}

	/**
	 * Take the queued messages of one assignment away. Reader thread.
	 * @param progress the assignment
	 * @return how many messages that were
	 */
	int seal(PartitionProgress progress) {
		int sealed = progress.seal();
		this.queued.addAndGet(-sealed);
		return sealed;
	}

	/**
	 * The same, but for what waits for other messages while some behind it have been
	 * begun. Reader thread.
	 * @param progress the assignment
	 * @return how many messages that were
	 */
	int sealTail(PartitionProgress progress) {
		int sealed = progress.sealTail();
		this.queued.addAndGet(-sealed);
		return sealed;
	}

	/**
	 * Take all queued messages away, the latest first: a handler that finds a batch
	 * sealed goes on to the next one, and must not begin anything there. Reader thread.
	 * @param sealed is told each batch that lost messages
	 * @return how many messages that were
	 */
	int sealAll(Consumer<RecordBatch> sealed) {
		Deque<RecordBatch> latest = new ArrayDeque<>();
		for (RecordBatch batch = this.head; batch != null; batch = after(batch)) {
			latest.push(batch);
		}
		int count = 0;
		for (RecordBatch batch : latest) {
			int taken = batch.seal();
			if (taken > 0) {
				count += taken;
				sealed.accept(batch);
			}
		}
		this.queued.addAndGet(-count);
		return count;
	}

	/**
	 * Whether messages may be taken. Any thread.
	 * @param held {@code true} to hand over nothing for now
	 */
	void hold(boolean held) {
		if (this.held != held) {
			this.held = held;
			if (!held) {
				wake(Integer.MAX_VALUE);
			}
		}
	}

	/**
	 * Hand over nothing more, ever. Any thread.
	 */
	void halt() {
		this.halted = true;
	}

	/**
	 * Send the handlers home. Any thread.
	 */
	void close() {
		this.closed = true;
		wake(Integer.MAX_VALUE);
	}

	/**
	 * The lease may have been renewed. Reader thread.
	 */
	void renewed() {
		if (this.waiting.get() > 0 && this.lease.wasExpired()) {
			wake(Integer.MAX_VALUE);
		}
	}

	/**
	 * Take the next message, and wait until there is one. Handler threads.
	 * @param worker gets the message; is idle while it waits
	 * @return {@code false} where there will never be one
	 * @throws InterruptedException where the thread was interrupted while it waited
	 */
	boolean take(HandlerWorker worker) throws InterruptedException {
		return take(worker, null);
	}

	/**
	 * The same, or read for itself until there is one. Handler threads.
	 * @param worker gets the message; is idle while it waits or reads
	 * @param seat where the worker may read; {@code null} where it may not
	 * @return {@code false} where there will never be one
	 * @throws InterruptedException where the thread was interrupted while it waited
	 */
	boolean take(HandlerWorker worker, @Nullable ReaderSeat seat) throws InterruptedException {
		while (true) {
			worker.busy();
			if (tryTake(worker)) {
				return true;
			}
			worker.idle();
			if (seat != null && seat.share()) {
				continue;
			}
			if (!await()) {
				return false;
			}
		}
	}

	private boolean tryTake(HandlerWorker worker) {
		while (isOpen() && this.lease.isValid()) {
			if (this.passed != null && takePassed(worker, this.passed)) {
				return true;
			}
			RecordBatch batch = this.head;
			int index = batch.claim();
			if (index >= 0) {
				if (batch.isOrdered() && !batch.isFree(index)) {
					continue;
				}
				begun(worker, batch, index);
				return true;
			}
			RecordBatch following = batch.following();
			if (!batch.isExhausted() || following == null) {
				return false;
			}
			if (HEAD.compareAndSet(this, batch, following)) {
				batch.passed();
			}
		}
		return false;
	}

	/**
	 * The next batch to look at. All that lies between one that the queue has moved past
	 * and the head is exhausted.
	 */
	private @Nullable RecordBatch after(RecordBatch batch) {
		RecordBatch following = batch.following();
		return (following != batch) ? following : this.head;
	}

	private boolean takePassed(HandlerWorker worker, Queue<Passed> queue) {
		for (Passed passed = queue.poll(); passed != null; passed = queue.poll()) {
			if (passed.batch().begin(passed.index())) {
				begun(worker, passed.batch(), passed.index());
				return true;
			}
		}
		return false;
	}

	private void begun(HandlerWorker worker, RecordBatch batch, int index) {
		int depth = this.queued.decrementAndGet();
		this.mailbox.taken((this.passed != null) ? supply() : depth);
		worker.claimed(batch, index);
	}

	/**
	 * A message has come to its end: where it is done, what waits for it may be begun.
	 * Any thread, once for each message.
	 * @param batch its batch
	 * @param index its index there
	 * @param worker gets the message that has waited, where its turn is over;
	 * {@code null} where the calling thread is not a handler's
	 * @return whether the worker has got it
	 */
	boolean handOn(RecordBatch batch, int index, @Nullable HandlerWorker worker) {
		RecordBatch successors = batch.handOn(index);
		if (successors == null || this.passed == null) {
			return false;
		}
		int successor = batch.successor(index);
		if (worker != null && isOpen() && this.lease.isValid()) {
			if (!successors.begin(successor)) {
				return false;
			}
			begun(worker, successors, successor);
			return true;
		}
		this.passed.add(new Passed(successors, successor));
		wake(1);
		return false;
	}

	/**
	 * Whether messages may be taken.
	 * @return {@code false} while nothing is handed over
	 */
	boolean isOpen() {
		return !this.halted && !this.held && !this.closed;
	}

	private boolean await() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			this.waiting.incrementAndGet();
			try {
				if (this.passed != null) {
					this.mailbox.taken(0);
				}
				while (!this.closed) {
					// One look for both: the lease may be renewed between two.
					boolean valid = this.lease.isValid();
					if (valid && isTakeable()) {
						return true;
					}
					if (valid) {
						this.available.await();
					}
					else {
						this.available.awaitNanos(LEASE_WAIT_NANOS);
					}
				}
				return false;
			}
			finally {
				this.waiting.decrementAndGet();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether a handler that tries to take a message now gets one.
	 * @return {@code true} where there is one that was released, and may be handed over
	 */
	boolean isReady() {
		return this.lease.isValid() && isTakeable();
	}

	private boolean isTakeable() {
		if (!isOpen()) {
			return false;
		}
		if (this.passed != null && !this.passed.isEmpty()) {
			return true;
		}
		RecordBatch batch = this.head;
		while (batch.isExhausted()) {
			RecordBatch following = after(batch);
			if (following == null) {
				return false;
			}
			batch = following;
		}
		return batch.isClaimable();
	}

	/**
	 * A waiting handler has counted itself before it looked, and the caller changed the
	 * queue before it looks at the count: one of them sees the other.
	 */
	private void wake(int messages) {
		if (this.waiting.get() == 0) {
			return;
		}
		this.lock.lock();
		try {
			if (messages >= this.waiting.get()) {
				this.available.signalAll();
			}
			else {
				for (int i = 0; i < messages; i++) {
					this.available.signal();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A message whose turn is over, and whose wait has ended.
	 *
	 * @param batch its batch
	 * @param index its index there
	 */
	private record Passed(RecordBatch batch, int index) {
	}

}
