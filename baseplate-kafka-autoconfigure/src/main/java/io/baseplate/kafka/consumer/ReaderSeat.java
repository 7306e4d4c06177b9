package io.baseplate.kafka.consumer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Who reads: one thread at a time, and whoever has the seat is the reader. Where a
 * message is handed over only after the commit of the one before, reader and handler take
 * turns, and each would wake the other for every message, which takes longer than most
 * handlers. So a handler that has nothing to do takes the seat itself, commits, reads,
 * and leaves it with the next message in its hand. The reader looks in, and takes the
 * seat where it stays empty, because the handler is busy with a message; it then does all
 * that a reader does, until the handler is back. For a stop, and after a failure, the
 * reader takes the seat for good.
 * <p>
 * What belongs to the reader is guarded by the seat.
 */
final class ReaderSeat {

	/**
	 * After such a time the seat counts as empty.
	 */
	private static final long EMPTY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/**
	 * From one look of the reader to the next.
	 */
	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	/**
	 * After so many looks at the same turn, the handler waits for messages: the reader
	 * looks again when that turn is over.
	 */
	private static final int LOOKS = 50;

	private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final ReentrantLock lock = new ReentrantLock();

	private final Mailbox mailbox;

	private final Ticker ticker;

	/**
	 * Set while the reader lets others sit; guarded by the lock where it is changed.
	 */
	private volatile @Nullable Turns turns;

	private volatile @Nullable Thread reader;

	/**
	 * When the seat was left.
	 */
	private volatile long left;

	/**
	 * How often a handler has left the seat.
	 */
	private volatile long visits;

	/**
	 * The same, to count with; guarded by the lock.
	 */
	private long count;

	/**
	 * The reader looks again when it is told to.
	 */
	private volatile boolean resting;

	ReaderSeat(Mailbox mailbox, Ticker ticker) {
		this.mailbox = mailbox;
		this.ticker = ticker;
	}

	/**
	 * Do the reader's work, and let the handler do it where that is at hand. Reader
	 * thread.
	 * @param turns the work; what it throws here goes to the caller
	 */
	void keep(Turns turns) {
		Thread reader = Thread.currentThread();
		this.reader = reader;
		this.turns = turns;
		try {
			while (sit(turns)) {
				stayAway(turns);
			}
		}
		finally {
			// Waits for a turn that goes on, and for all others there will be none.
			this.lock.lock();
			try {
				this.turns = null;
				this.mailbox.attach(reader);
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	private boolean sit(Turns turns) {
		this.lock.lock();
		try {
			this.mailbox.attach(Thread.currentThread());
			while (turns.next()) {
				if (turns.isReady() || this.lock.hasQueuedThreads()) {
					leave();
					return true;
				}
			}
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Until the work is over, or the seat has been empty for a while.
	 */
	private void stayAway(Turns turns) {
		long seen = this.visits;
		int looks = 0;
		while (!turns.isOver()) {
			if (!this.lock.isLocked() && this.ticker.nanos() - this.left >= EMPTY_NANOS) {
				return;
			}
			long visits = this.visits;
			looks = (visits == seen && this.lock.isLocked()) ? looks + 1 : 0;
			seen = visits;
			nap(looks < LOOKS, visits);
		}
	}

	private void nap(boolean shortly, long visits) {
		if (shortly) {
			LockSupport.parkNanos(this, LOOK_NANOS);
			return;
		}
		this.resting = true;
		if (this.visits == visits) {
			LockSupport.parkNanos(this, REST_NANOS);
		}
		this.resting = false;
	}

	/**
	 * Do the reader's work until there is a message to handle. A handler thread, which
	 * has nothing in hand.
	 * @return {@code false} where that is not for it to do: it has to wait as others do
	 */
	boolean share() {
		if (this.turns == null) {
			return false;
		}
		boolean over = false;
		this.lock.lock();
		try {
			Turns turns = this.turns;
			if (turns == null) {
				return false;
			}
			this.mailbox.attach(Thread.currentThread());
			while (!over && !turns.isReady()) {
				over = !turns.nextOfHandler();
			}
			leave();
		}
		finally {
			this.count++;
			this.visits = this.count;
			this.lock.unlock();
			if (over || this.resting) {
				LockSupport.unpark(this.reader);
			}
		}
		return !over;
	}

	/**
	 * From now on signals are for the reader, and outcomes are no news.
	 */
	private void leave() {
		Thread reader = this.reader;
		if (reader != null) {
			this.mailbox.attach(reader);
		}
		this.mailbox.listen(false);
		this.left = this.ticker.nanos();
	}

	/**
	 * The reader's work.
	 */
	interface Turns {

		/**
		 * Do one turn.
		 * @return {@code false} where there is none any more: the consumer is to stop, or
		 * has failed
		 */
		boolean next();

		/**
		 * The same for a handler: what goes wrong is the reader's failure, and not
		 * thrown.
		 * @return as {@link #next()}; {@code false} also where the turn has failed
		 */
		boolean nextOfHandler();

		/**
		 * Whether a handler would get a message now.
		 * @return {@code true} where it would
		 */
		boolean isReady();

		/**
		 * Whether the consumer is to stop, or has failed. Any thread.
		 * @return {@code true} where there are no turns any more
		 */
		boolean isOver();

	}

}
