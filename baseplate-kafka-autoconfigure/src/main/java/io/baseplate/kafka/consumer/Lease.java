package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether the partitions can still be believed to be ours: the last poll is younger than
 * the session timeout and {@code max.poll.interval.ms}. A process that was paused for
 * longer (a zombie) hands over and commits nothing until it has learned whether it is
 * still a member.
 * <p>
 * A poll that begins in time renews the lease. One that begins too late proves nothing:
 * it may return before the client has heard that its session is over. Then either nothing
 * is owned any more, or two heartbeats must be answered, the second of which was sent
 * after the first answer was read: the first may have been waiting in a buffer while the
 * process was paused. The reader renews, any thread asks.
 */
final class Lease {

	private static final int PROOF = 2;

	private final Ticker ticker;

	private final long nanos;

	private final LongSupplier heartbeats;

	private volatile long lastPoll;

	/**
	 * Until when the lease lasts is counted from here.
	 */
	private volatile long from;

	private volatile boolean expired;

	/**
	 * Answered heartbeats when the reader first polled after the end of the lease; the
	 * reader's own, as all that follows.
	 */
	private long answeredAtEnd;

	private boolean doubtful;

	private boolean proven;

	/**
	 * Answered heartbeats when the reader last looked during a rebalance callback, and
	 * when the last answer was seen.
	 */
	private long answered;

	private long answeredSeen;

	/**
	 * Create a new instance; the lease begins now.
	 * @param ticker the time
	 * @param sessionTimeout the session timeout
	 * @param maxPollInterval {@code max.poll.interval.ms}
	 * @param heartbeats how many heartbeats have been answered, negative where that is
	 * not known
	 */
	Lease(Ticker ticker, Duration sessionTimeout, Duration maxPollInterval, LongSupplier heartbeats) {
		this.ticker = ticker;
		this.nanos = Math.min(sessionTimeout.toNanos(), maxPollInterval.toNanos());
		this.heartbeats = heartbeats;
		this.lastPoll = ticker.nanos();
		this.from = this.lastPoll;
	}

	/**
	 * A poll has returned. Reader thread.
	 * @param begun when it began, in nanoseconds
	 * @param ownsNothing whether no partition is assigned now
	 */
	void polled(long begun, boolean ownsNothing) {
		this.lastPoll = begun;
		if (begun - this.from < this.nanos || ownsNothing || this.proven) {
			renew(begun);
			return;
		}
		long answered = this.heartbeats.getAsLong();
		if (answered < 0) {
			renew(begun);
		}
		else if (!this.doubtful) {
			this.doubtful = true;
			this.answeredAtEnd = answered;
		}
		else {
			// The next poll will have dealt with what the answers said.
			this.proven = answered - this.answeredAtEnd >= PROOF;
		}
	}

	/**
	 * Nothing is assigned any more: whatever is assigned from now on is ours. Reader
	 * thread.
	 */
	void ownsNothing() {
		renew(this.ticker.nanos());
	}

	private void renew(long from) {
		if (from - this.from > 0) {
			this.from = from;
		}
		this.doubtful = false;
		this.proven = false;
	}

	/**
	 * A rebalance callback has begun, or the reader waits in it and cannot poll. The
	 * client goes on sending heartbeats meanwhile: one whose answer is new was sent after
	 * the answer before was seen. Reader thread.
	 * @param begins whether the callback has just begun
	 */
	void inCallback(boolean begins) {
		long answered = this.heartbeats.getAsLong();
		long now = this.ticker.nanos();
		if (begins) {
			this.answered = answered;
			this.answeredSeen = this.from;
		}
		else if (answered > this.answered) {
			if (this.answeredSeen - this.from > 0) {
				renew(this.answeredSeen);
			}
			this.answered = answered;
			this.answeredSeen = now;
		}
	}

	/**
	 * Whether what is assigned may be acted on. Any thread.
	 * @return {@code false} once the lease has run out
	 */
	boolean isValid() {
		boolean valid = this.ticker.nanos() - this.from < this.nanos;
		if (!valid) {
			this.expired = true;
		}
		return valid;
	}

	/**
	 * Whether anybody was refused since the last time that this was asked. Reader thread.
	 * @return {@code true} where somebody may be waiting for the renewal
	 */
	boolean wasExpired() {
		boolean expired = this.expired;
		this.expired = false;
		return expired;
	}

	/**
	 * Time since the last poll began, in nanoseconds. Any thread.
	 * @return the age
	 */
	long age() {
		return this.ticker.nanos() - this.lastPoll;
	}

}
