package io.baseplate.kafka.chaos.check;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the topic holds at the end of a run, as a consumer sees it that reads only what is
 * committed: neither messages of aborted transactions, nor what was sent and never
 * arrived. One truth serves all cells.
 */
public final class Truth {

	private final SortedMap<Integer, Messages> partitions;

	private Truth(SortedMap<Integer, Messages> partitions) {
		this.partitions = partitions;
	}

	/**
	 * Begin to describe a topic.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	SortedMap<Integer, Messages> partitions() {
		return this.partitions;
	}

	/**
	 * The number of messages.
	 * @return the number over all partitions
	 */
	public long size() {
		return this.partitions.values().stream().mapToLong(Messages::size).sum();
	}

	/**
	 * Collects the messages, of each partition in the order of their offsets.
	 */
	public static final class Builder {

		private final SortedMap<Integer, Growing> partitions = new TreeMap<>();

		private Builder() {
		}

		/**
		 * A message.
		 * @param partition its partition
		 * @param offset its offset, above that of the one before
		 * @param id its id
		 * @return this
		 */
		public Builder message(int partition, long offset, long id) {
			growing(partition).add(offset, id);
			return this;
		}

		/**
		 * A message whose body cannot be unpacked, so that no handler sees it.
		 * @param partition its partition
		 * @param offset its offset, above that of the one before
		 * @return this
		 */
		public Builder invalid(int partition, long offset) {
			Growing growing = growing(partition);
			growing.invalid.set(growing.size);
			growing.add(offset, -1);
			return this;
		}

		/**
		 * The end of a partition: the position of a consumer that has read everything,
		 * behind transaction markers too. Every partition of the topic needs one.
		 * @param partition the partition
		 * @param end the position
		 * @return this
		 */
		public Builder end(int partition, long end) {
			growing(partition).end = end;
			return this;
		}

		/**
		 * The description is complete.
		 * @return the truth
		 */
		public Truth build() {
			SortedMap<Integer, Messages> partitions = new TreeMap<>();
			this.partitions.forEach((partition, growing) -> partitions.put(partition, growing.build(partition)));
			return new Truth(partitions);
		}

		private Growing growing(int partition) {
			return this.partitions.computeIfAbsent(partition, (absent) -> new Growing());
		}

	}

	private static final class Growing {

		private long[] offsets = new long[64];

		private long[] ids = new long[64];

		private final BitSet invalid = new BitSet();

		private int size;

		private long end = -1;

		private void add(long offset, long id) {
			if (this.size > 0 && offset <= this.offsets[this.size - 1]) {
				throw new IllegalArgumentException("Offset " + offset + " comes after " + this.offsets[this.size - 1]);
			}
			if (this.size == this.offsets.length) {
				this.offsets = Arrays.copyOf(this.offsets, this.size * 2);
				this.ids = Arrays.copyOf(this.ids, this.size * 2);
			}
			this.offsets[this.size] = offset;
			this.ids[this.size] = id;
			this.size++;
		}

		private Messages build(int partition) {
			if (this.end < 0 || (this.size > 0 && this.end <= this.offsets[this.size - 1])) {
				throw new IllegalStateException("Partition " + partition + " has no end behind its last message");
			}
			return new Messages(Arrays.copyOf(this.offsets, this.size), Arrays.copyOf(this.ids, this.size),
					(BitSet) this.invalid.clone(), this.end);
		}

	}

}
