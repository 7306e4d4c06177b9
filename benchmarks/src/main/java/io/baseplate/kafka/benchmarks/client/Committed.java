package io.baseplate.kafka.benchmarks.client;

import java.util.Set;

/**
 * What a group has committed of a partition.
 *
 * @param offset everything before it
 * @param highest everything up to it, but for the gaps; below the offset where that is
 * all
 * @param gaps what is not committed in between
 */
record Committed(long offset, long highest, Set<Long> gaps) {

	/**
	 * As Kafka knows it.
	 * @param offset everything before it
	 * @return what is committed
	 */
	static Committed before(long offset) {
		return new Committed(offset, -1, Set.of());
	}

	boolean covers(long message) {
		return message < this.offset || (message <= this.highest && !this.gaps.contains(message));
	}

}
