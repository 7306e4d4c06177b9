package io.baseplate.kafka.consumer;

import java.time.Duration;

/**
 * Whether the last poll is young enough to believe that the partitions are still ours:
 * younger than the session timeout and {@code max.poll.interval.ms}. A process that was
 * paused for longer must poll before it hands over or commits anything. The reader
 * renews, any thread asks.
 */
final class Lease {

	private final Ticker ticker;

	private final long nanos;

	private volatile long lastPoll;

	private volatile boolean expired;

	Lease(Ticker ticker, Duration sessionTimeout, Duration maxPollInterval) {
		this.ticker = ticker;
		this.nanos = Math.min(sessionTimeout.toNanos(), maxPollInterval.toNanos());
		this.lastPoll = ticker.nanos();
	}

	/**
	 * A poll has returned. Reader thread.
	 * @param begun when it began, in nanoseconds
	 */
	void renew(long begun) {
		this.lastPoll = begun;
	}

	boolean isValid() {
		boolean valid = this.ticker.nanos() - this.lastPoll < this.nanos;
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
	 * Time since the last poll began, in nanoseconds.
	 * @return the age
	 */
	long age() {
		return this.ticker.nanos() - this.lastPoll;
	}

}
