package io.baseplate.kafka.consumer;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * When the coordinator heard of this member at the earliest: what the client's counters
 * of answers say about the moment at which the answered request was sent. Reader thread.
 * <p>
 * An answer that was not there at one look and is there at the next arrived after the
 * first of them, and its request was sent no longer before that than the slowest answer
 * has taken lately. Where answers have been slow (the process or the network stood
 * still), this says little for a minute; then a round trip of our own helps: requests to
 * the coordinator are answered in the order in which they were sent, so that what is
 * answered after a round trip has ended was sent after it had begun.
 */
final class Evidence {

	/**
	 * How far two looks may be apart for the slowest answer to be believed: it is that of
	 * half a minute or more.
	 */
	private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final Ticker ticker;

	private final Answers heartbeats;

	private final Answers syncs;

	private long looked;

	private long heartbeatsSeen;

	private long syncsSeen;

	/**
	 * When the last round trip began, and the last that had ended before the last look.
	 */
	private @Nullable Long roundTrip;

	private @Nullable Long roundTripBeforeLook;

	private @Nullable Long sync;

	Evidence(Ticker ticker, Answers heartbeats, Answers syncs) {
		this.ticker = ticker;
		this.heartbeats = heartbeats;
		this.syncs = syncs;
		this.looked = ticker.nanos();
		this.heartbeatsSeen = heartbeats.count();
		this.syncsSeen = syncs.count();
	}

	/**
	 * Whether the client counts at all.
	 * @return {@code false} where there will never be any evidence
	 */
	boolean isAvailable() {
		return this.heartbeatsSeen >= 0;
	}

	/**
	 * The longest time that a heartbeat has taken lately.
	 * @return nanoseconds, negative where it is not known
	 */
	long slowest() {
		return this.heartbeats.slowest();
	}

	/**
	 * A request of ours to the coordinator has been answered.
	 * @param begun when it was made, or earlier, in nanoseconds
	 */
	void roundTrip(long begun) {
		this.roundTrip = begun;
	}

	/**
	 * Look at the counters.
	 * @return when a heartbeat was sent, at the earliest, that has been answered since
	 * the last look; {@code null} where there is none, or nothing can be said of it. The
	 * answer may have been that the member is none any more, which the client knows by
	 * now
	 */
	@Nullable Long look() {
		long now = this.ticker.nanos();
		long heartbeats = this.heartbeats.count();
		Long heartbeat = (heartbeats > this.heartbeatsSeen) ? sent(this.heartbeats) : null;
		this.heartbeatsSeen = heartbeats;
		long syncs = this.syncs.count();
		if (syncs > this.syncsSeen) {
			this.sync = sent(this.syncs);
		}
		this.syncsSeen = syncs;
		this.roundTripBeforeLook = this.roundTrip;
		// Read before the counters: what they do not have yet comes after this.
		this.looked = now;
		return heartbeat;
	}

	private @Nullable Long sent(Answers answers) {
		long slowest = answers.slowest();
		boolean steady = this.ticker.nanos() - this.looked < STEADY_NANOS;
		Long sent = (slowest >= 0 && steady) ? Long.valueOf(this.looked - slowest) : null;
		Long roundTrip = this.roundTripBeforeLook;
		return (sent == null || (roundTrip != null && roundTrip - sent > 0)) ? roundTrip : sent;
	}

	/**
	 * The client has joined: the last answer to a {@code SyncGroup} was a good one.
	 * @return when it was sent, at the earliest; {@code null} where nothing is known
	 */
	@Nullable Long joined() {
		Long sync = this.sync;
		this.sync = null;
		return sync;
	}

}
