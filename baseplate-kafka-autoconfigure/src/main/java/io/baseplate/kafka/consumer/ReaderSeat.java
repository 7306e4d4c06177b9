package io.baseplate.kafka.consumer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
	 * From one look of the reader to the next, at first and at most: the longer the
	 * handler gets on alone, the less it is looked after.
	 */
	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private static final long SELDOM_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * After so many looks at the same turn, the handler waits for messages: the reader
	 * looks again when that turn is over.
	 */
	private static final int LOOKS = 10;

	private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final ReentrantLock lock = new ReentrantLock();

	private final Mailbox mailbox;

	private final Ticker ticker;

	/**
	 * Set while the reader lets others sit.
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
	private final AtomicLong visits = new AtomicLong();

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
			this.turns = null;
			// Waits for a turn that goes on.
			this.lock.lock();
			try {
				this.mailbox.attach(reader);
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Do turns until the handler goes on, unless it is there already: the reader never
	 * waits for the seat, where whoever leaves it would have to wake it.
	 */
	private boolean sit(Turns turns) {
		if (!this.lock.tryLock()) {
			return !turns.isOver();
		}
		boolean left = false;
		try {
			this.mailbox.attach(Thread.currentThread());
			while (!left && turns.next()) {
				if (turns.isReady() || this.lock.hasQueuedThreads()) {
					leave();
					left = true;
				}
			}
		}
		finally {
			if (!left) {
				// Before a handler that waits for the seat gets it: what has failed must
				// not go on.
				this.turns = null;
			}
			this.lock.unlock();
		}
		return left;
	}

	/**
	 * Until the work is over, or the seat has been empty for a while.
	 */
	private void stayAway(Turns turns) {
		long seen = this.visits.get();
		long look = LOOK_NANOS;
		int looks = 0;
		while (!turns.isOver()) {
			if (!this.lock.isLocked() && this.ticker.nanos() - this.left >= EMPTY_NANOS) {
				return;
			}
			long visits = this.visits.get();
			looks = (visits == seen && this.lock.isLocked()) ? looks + 1 : 0;
			seen = visits;
			if (looks < LOOKS) {
				LockSupport.parkNanos(this, look);
				look = Math.min(2 * look, SELDOM_NANOS);
			}
			else {
				rest(visits);
			}
			// Nobody has a reason to interrupt the reader, and it must not spin.
			Thread.interrupted();
		}
	}

	private void rest(long visits) {
		this.resting = true;
		if (this.visits.get() == visits) {
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
				over = !turns.nextOfHandler() || this.turns == null;
			}
			leave();
		}
		finally {
			this.visits.incrementAndGet();
			this.lock.unlock();
			if (over || this.resting) {
				LockSupport.unpark(this.reader);
			}
		}
		return !over;
	}

	/**
	 * From now on signals are for the reader, and outcomes are no news. Old signals were
	 * for whoever leaves, and would keep the next from being heard.
	 */
	private void leave() {
		this.mailbox.clear();
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
