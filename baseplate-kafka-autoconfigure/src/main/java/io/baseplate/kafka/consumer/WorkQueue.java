package io.baseplate.kafka.consumer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

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
		this.lease = lease;
		this.mailbox = mailbox;
		this.tail = new RecordBatch();
		this.head = this.tail;
	}

	/**
	 * Messages that are not claimed.
	 * @return the number
	 */
	int depth() {
		return Math.max(0, this.queued.get());
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
	 * Take all queued messages away. Reader thread.
	 * @param sealed is told each batch that lost messages
	 * @return how many messages that were
	 */
	int sealAll(Consumer<RecordBatch> sealed) {
		int count = 0;
		for (RecordBatch batch = this.head; batch != null; batch = after(batch)) {
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
		while (true) {
			worker.busy();
			if (tryTake(worker)) {
				return true;
			}
			worker.idle();
			if (!await()) {
				return false;
			}
		}
	}

	private boolean tryTake(HandlerWorker worker) {
		while (isOpen() && this.lease.isValid()) {
			RecordBatch batch = this.head;
			int index = batch.claim();
			if (index >= 0) {
				int depth = this.queued.decrementAndGet();
				this.mailbox.taken(depth);
				worker.claimed(batch, index);
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

	private boolean isOpen() {
		return !this.halted && !this.held && !this.closed;
	}

	private boolean await() throws InterruptedException {
		this.lock.lockInterruptibly();
		try {
			this.waiting.incrementAndGet();
			try {
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

	private boolean isTakeable() {
		if (!isOpen()) {
			return false;
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

}
