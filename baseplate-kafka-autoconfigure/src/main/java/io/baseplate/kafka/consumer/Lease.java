package io.baseplate.kafka.consumer;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Whether the partitions can still be believed to be ours. The brokers give them to
 * others when they have not heard of a member for the session timeout; so the lease lasts
 * for that time from the last request of which it is known that the group's coordinator
 * has received and welcomed it. What the reader believes about itself renews nothing: it
 * can go on polling while the network stalls, and it can have been standing still without
 * noticing (a zombie).
 * <p>
 * An answered heartbeat that has become visible renews the lease after one more poll: had
 * the answer been that the member is none any more, the client would have taken the
 * partitions away in that poll. While a rebalance callback waits, the next answer stands
 * for that poll: a member that was told that it is none sends no more heartbeats. Where
 * nothing is owned there is nothing to lose: each poll renews.
 * <p>
 * And the last poll must be younger than {@code max.poll.interval.ms}, when the client
 * leaves the group by itself. The reader renews, any thread asks.
 */
final class Lease {

	private final Ticker ticker;

	private final long session;

	private final long maxPollInterval;

	private final Evidence evidence;

	private volatile long until;

	private volatile long lastPoll;

	private volatile boolean expired;

	/**
	 * From when on the session lasts; the reader's own, as all that follows.
	 */
	private long from;

	/**
	 * The last poll that counts, and whether one has begun too late since.
	 */
	private long countedPoll;

	private boolean late;

	/**
	 * What the last look has shown, and what the poll that goes on now will confirm.
	 */
	private @Nullable Long pending;

	private @Nullable Long confirming;

	/**
	 * Create a new instance; the lease begins now.
	 * @param ticker the time
	 * @param sessionTimeout the session timeout
	 * @param maxPollInterval {@code max.poll.interval.ms}
	 * @param evidence what the coordinator has answered
	 */
	Lease(Ticker ticker, Duration sessionTimeout, Duration maxPollInterval, Evidence evidence) {
		this.ticker = ticker;
		this.session = sessionTimeout.toNanos();
		this.maxPollInterval = maxPollInterval.toNanos();
		this.evidence = evidence;
		this.lastPoll = ticker.nanos();
		this.from = this.lastPoll;
		this.countedPoll = this.lastPoll;
		extend();
	}

	/**
	 * A poll is about to begin. Reader thread.
	 * @return whether it will confirm something: the client must have dealt with all
	 * answers, and with the last poll, before it begins
	 */
	boolean polling() {
		if (this.pending != null) {
			this.confirming = this.pending;
			this.pending = null;
		}
		return this.confirming != null || this.late;
	}

	/**
	 * A poll has ended. Reader thread.
	 * @param begun when it began, in nanoseconds
	 * @param returned whether it has dealt with everything, that is, did not throw
	 * @param ownsNothing whether no partition is assigned now
	 */
	void polled(long begun, boolean returned, boolean ownsNothing) {
		this.lastPoll = begun;
		boolean proven = ownsNothing || !this.evidence.isAvailable();
		if (proven) {
			renew(begun);
		}
		else if (returned) {
			confirm();
		}
		count(begun, proven, returned);
		Long news = this.evidence.look();
		if (news != null) {
			this.pending = news;
		}
		extend();
	}

	/**
	 * Under KIP-848 a poll that begins too late may return before the client has said
	 * that it has left the group; the next one does not.
	 */
	private void count(long begun, boolean proven, boolean returned) {
		if (proven || begun - this.countedPoll < this.maxPollInterval || (this.late && returned)) {
			this.countedPoll = begun;
			this.late = false;
		}
		else {
			this.late = returned;
		}
	}

	private void confirm() {
		Long confirmed = this.confirming;
		this.confirming = null;
		if (confirmed != null) {
			renew(confirmed);
		}
	}

	private void renew(long from) {
		if (from - this.from > 0) {
			this.from = from;
		}
	}

	private void extend() {
		long session = this.from + this.session;
		long poll = this.countedPoll + this.maxPollInterval;
		this.until = (poll - session < 0) ? poll : session;
	}

	/**
	 * Nothing is assigned any more: whatever is assigned from now on is ours. Reader
	 * thread.
	 */
	void ownsNothing() {
		renew(this.ticker.nanos());
		extend();
	}

	/**
	 * The client calls back because it is a member, in a new generation or about to join
	 * one. Reader thread.
	 */
	void joined() {
		inCallback();
		Long sync = this.evidence.joined();
		if (sync != null) {
			renew(sync);
			extend();
		}
	}

	/**
	 * The reader waits in a rebalance callback and cannot poll. The client goes on
	 * sending heartbeats. Reader thread.
	 */
	void inCallback() {
		Long news = this.evidence.look();
		if (news != null) {
			confirm();
			this.confirming = this.pending;
			confirm();
			this.pending = news;
			extend();
		}
	}

	/**
	 * A request of ours to the coordinator was answered, in whatever way. Reader thread.
	 * @param begun when it was made, or earlier, in nanoseconds
	 */
	void roundTrip(long begun) {
		this.evidence.roundTrip(begun);
	}

	/**
	 * Whether the lease runs out before long although heartbeats are answered, because
	 * answers have been slow lately. Reader thread.
	 * @return {@code true} where a {@linkplain #roundTrip round trip} is worth its while
	 */
	boolean isRunningOut() {
		return this.ticker.nanos() - this.from > this.session / 2 && this.evidence.slowest() > this.session / 3;
	}

	/**
	 * Whether what is assigned may be acted on. Any thread.
	 * @return {@code false} once the lease has run out
	 */
	boolean isValid() {
		boolean valid = this.ticker.nanos() - this.until < 0;
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
