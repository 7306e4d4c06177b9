package io.baseplate.kafka.chaos.check;

import java.util.concurrent.TimeUnit;

/**
 * Places wall-clock times of brokers on the monotonic clock of the journals. Both run at
 * the same rate on one machine; only a step of the wall clock moves them apart, and then
 * the pairs that the journals begin with disagree and a time becomes that much less
 * certain. A time in milliseconds is an interval in any case.
 */
final class WallClock {

	/**
	 * What is added to an interval on either side before anything is concluded from it:
	 * for pairs that were not read in the same instant, and a wall clock that is slewed.
	 */
	static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

	private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

	private final long leastAhead;

	private final long mostAhead;

	private WallClock(long leastAhead, long mostAhead) {
		this.leastAhead = leastAhead;
		this.mostAhead = mostAhead;
	}

	/**
	 * A clock of one pair.
	 */
	static WallClock of(long nanos, long wallNanos) {
		return new WallClock(wallNanos - nanos, wallNanos - nanos);
	}

	/**
	 * This clock, knowing one more pair.
	 */
	WallClock and(long nanos, long wallNanos) {
		long ahead = wallNanos - nanos;
		return new WallClock(Math.min(this.leastAhead, ahead), Math.max(this.mostAhead, ahead));
	}

	/**
	 * The earliest monotonic time at which the wall clock can have shown a millisecond.
	 */
	long earliest(long wallMillis) {
		return wallMillis * MILLI - this.mostAhead - TOLERANCE_NANOS;
	}

	/**
	 * The latest monotonic time at which the wall clock can have shown a millisecond.
	 */
	long latest(long wallMillis) {
		return (wallMillis + 1) * MILLI - this.leastAhead + TOLERANCE_NANOS;
	}

}
