package io.baseplate.kafka.consumer;

import java.util.concurrent.locks.LockSupport;

import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the reader waits while it does not block in {@code poll}, and how others reach it
 * in both places. What is to be done is not in the mailbox but where it belongs: in the
 * progress, the queue, the engine's commands. A signal only says "look again", so that a
 * signal too many does no harm and one that comes early is not lost.
 */
final class Mailbox {

	private final Object pollMonitor = new Object();

	private volatile @Nullable Thread reader;

	private volatile boolean signalled;

	/**
	 * Whether the reader wants to hear of every outcome.
	 */
	private volatile boolean outcomes;

	/**
	 * The reader wants to hear when the queue is down to this depth; -1 where it does
	 * not.
	 */
	private volatile int depth = -1;

	/**
	 * The client that the reader is blocked in now; guarded by the monitor.
	 */
	private @Nullable Consumer<byte[], byte[]> polling;

	private boolean woken;

	/**
	 * The calling thread is the reader from now on.
	 */
	void attach() {
		attach(Thread.currentThread());
	}

	/**
	 * A thread is the reader from now on. The one that is, or the one that will be.
	 * @param reader the thread
	 */
	void attach(Thread reader) {
		if (this.reader != reader) {
			this.reader = reader;
		}
	}

	/**
	 * A handler has an outcome. Handler threads.
	 */
	void outcome() {
		if (this.outcomes) {
			signal();
		}
	}

	/**
	 * A handler has taken a message. Handler threads.
	 * @param depth what is left in the queue
	 */
	void taken(int depth) {
		if (depth <= this.depth) {
			this.depth = -1;
			signal();
		}
	}

	/**
	 * Make the reader look again where it waits in the mailbox. Any thread.
	 */
	void signal() {
		if (!this.signalled) {
			this.signalled = true;
			LockSupport.unpark(this.reader);
		}
	}

	/**
	 * Make the reader look again wherever it is, in {@code poll} too. Any thread.
	 */
	void wake() {
		// Before the look at the poll: one that is about to begin looks for it.
		this.signalled = true;
		synchronized (this.pollMonitor) {
			if (this.polling != null && !this.woken) {
				this.woken = true;
				this.polling.wakeup();
			}
		}
		LockSupport.unpark(this.reader);
	}

	/**
	 * What the reader wants to hear of while it looks around and waits. Reader thread,
	 * before it looks around.
	 * @param outcomes whether every outcome is of interest
	 */
	void listen(boolean outcomes) {
		this.outcomes = outcomes;
	}

	/**
	 * Be told when the queue is down to a depth. Reader thread, before it looks at the
	 * depth.
	 * @param depth the depth, -1 for never
	 */
	void listenForDepth(int depth) {
		this.depth = depth;
	}

	/**
	 * Forget old signals. Reader thread, before it looks around.
	 */
	void clear() {
		this.signalled = false;
	}

	/**
	 * Wait for a signal. Reader thread.
	 * @param nanos how long at most
	 */
	void await(long nanos) {
		if (!this.signalled) {
			LockSupport.parkNanos(this, nanos);
		}
	}

	/**
	 * The reader is about to block in {@code poll}.
	 * @param kafka the client
	 * @return {@code false} where there is a signal: it should not block
	 */
	boolean beginPoll(Consumer<byte[], byte[]> kafka) {
		synchronized (this.pollMonitor) {
			this.polling = kafka;
		}
		return !this.signalled;
	}

	/**
	 * {@code poll} has returned or thrown.
	 * @return whether it was woken; if it did not throw the {@code WakeupException}, the
	 * next call of the client will
	 */
	boolean endPoll() {
		synchronized (this.pollMonitor) {
			this.polling = null;
			boolean woken = this.woken;
			this.woken = false;
			return woken;
		}
	}

}
