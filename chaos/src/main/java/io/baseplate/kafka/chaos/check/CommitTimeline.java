package io.baseplate.kafka.chaos.check;

import java.util.Arrays;
import java.util.List;

/**
 * The commits of one partition in the order of the log, which is certain, each with the
 * interval of time in which it was taken, which is not. The intervals are narrowed by the
 * order: a commit is not earlier than one before it.
 */
final class CommitTimeline {

	/**
	 * No commit is in force.
	 */
	static final long NONE = Commit.DELETED;

	static final CommitTimeline EMPTY = new CommitTimeline(List.of(), WallClock.of(0, 0));

	private final long[] offsets;

	private final long[] earliest;

	private final long[] latest;

	/**
	 * Of the commits up to each, the highest.
	 */
	private final long[] highest;

	CommitTimeline(List<Commit> commits, WallClock clock) {
		int size = commits.size();
		this.offsets = new long[size];
		this.earliest = new long[size];
		this.latest = new long[size];
		this.highest = new long[size];
		long notBefore = Long.MIN_VALUE;
		long highest = NONE;
		for (int i = 0; i < size; i++) {
			Commit commit = commits.get(i);
			this.offsets[i] = commit.offset();
			notBefore = Math.max(notBefore, clock.earliest(commit.wallMillis()));
			this.earliest[i] = notBefore;
			highest = Math.max(highest, commit.offset());
			this.highest[i] = highest;
		}
		long notAfter = Long.MAX_VALUE;
		for (int i = size - 1; i >= 0; i--) {
			notAfter = Math.min(notAfter, clock.latest(commits.get(i).wallMillis()));
			this.latest[i] = notAfter;
		}
	}

	int size() {
		return this.offsets.length;
	}

	long offset(int index) {
		return this.offsets[index];
	}

	long earliest(int index) {
		return this.earliest[index];
	}

	long latest(int index) {
		return this.latest[index];
	}

	/**
	 * The last commit, {@link #NONE} where there is none.
	 */
	long last() {
		return (size() > 0) ? this.offsets[size() - 1] : NONE;
	}

	/**
	 * How many commits were taken before a moment, without doubt.
	 */
	int certainlyBefore(long nanos) {
		int at = Arrays.binarySearch(this.latest, nanos);
		if (at < 0) {
			return -at - 1;
		}
		while (at > 0 && this.latest[at - 1] == nanos) {
			at--;
		}
		return at;
	}

	/**
	 * How many commits can have been taken before a moment.
	 */
	int possiblyBefore(long nanos) {
		int at = Arrays.binarySearch(this.earliest, nanos);
		if (at < 0) {
			return -at - 1;
		}
		while (at < size() && this.earliest[at] == nanos) {
			at++;
		}
		return at;
	}

	/**
	 * The lowest commit that can have been the last one at a moment, {@link #NONE} where
	 * it may be that there was none yet.
	 */
	long leastInForce(long nanos) {
		int certain = certainlyBefore(nanos);
		if (certain == 0) {
			return NONE;
		}
		long least = this.offsets[certain - 1];
		int possible = possiblyBefore(nanos);
		for (int i = certain; i < possible; i++) {
			least = Math.min(least, this.offsets[i]);
		}
		return least;
	}

	/**
	 * The highest commit that can have been taken before a moment, {@link #NONE} where
	 * there was none.
	 */
	long mostBefore(long nanos) {
		int possible = possiblyBefore(nanos);
		return (possible > 0) ? this.highest[possible - 1] : NONE;
	}

	/**
	 * The first commit that passes an offset, as an index; the number of commits where
	 * none does.
	 */
	int firstBeyond(long offset) {
		int at = Arrays.binarySearch(this.highest, offset + 1);
		if (at < 0) {
			return -at - 1;
		}
		while (at > 0 && this.highest[at - 1] == offset + 1) {
			at--;
		}
		return at;
	}

}
