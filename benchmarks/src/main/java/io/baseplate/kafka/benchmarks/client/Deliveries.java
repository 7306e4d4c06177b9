package io.baseplate.kafka.benchmarks.client;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.baseplate.kafka.benchmarks.run.Order;

/**
 * What handlers have handled. Cheap, and the same for all stacks: a byte for each message
 * and a count. Where one message is handled by two threads at once the byte may miss it,
 * and the count shows it.
 */
final class Deliveries {

	/**
	 * In longs, so that neighbours are not in one cache line.
	 */
	private static final int PADDING = 16;

	private final byte[][] times;

	private final Order order;

	/**
	 * The last offset of each partition or key, plus one. Written by one thread at a time
	 * where the order holds.
	 */
	private final long[] next;

	private final LongAdder count = new LongAdder();

	private final AtomicLong disorders = new AtomicLong();

	private final AtomicLong strangers = new AtomicLong();

	/**
	 * Create a new instance.
	 * @param capacities how many messages each partition has at most
	 * @param keys how many keys there are
	 * @param order the order that is promised
	 */
	Deliveries(long[] capacities, int keys, Order order) {
		this.times = new byte[capacities.length][];
		for (int i = 0; i < capacities.length; i++) {
			this.times[i] = new byte[Math.toIntExact(capacities[i])];
		}
		this.order = order;
		this.next = new long[(order == Order.KEY) ? keys : capacities.length * PADDING];
	}

	Order order() {
		return this.order;
	}

	/**
	 * A message has been handled. Any thread.
	 * @param partition its partition
	 * @param offset its offset
	 * @param key its key, where keys have an order
	 */
	void handled(int partition, long offset, int key) {
		byte[] times = this.times[partition];
		if (offset < times.length) {
			times[(int) offset]++;
		}
		else {
			this.strangers.incrementAndGet();
		}
		if (this.order == Order.PARTITION) {
			follow(partition * PADDING, offset, offset);
		}
		else if (this.order == Order.KEY) {
			follow(key, offset, Long.MIN_VALUE);
		}
		this.count.increment();
	}

	/**
	 * Offsets increase; those of a partition without a gap.
	 */
	private void follow(int index, long offset, long expected) {
		long next = this.next[index];
		if ((expected == Long.MIN_VALUE) ? offset < next : next != expected) {
			this.disorders.incrementAndGet();
		}
		this.next[index] = offset + 1;
	}

	long count() {
		return this.count.sum();
	}

	long disorders() {
		return this.disorders.get();
	}

	long strangers() {
		return this.strangers.get();
	}

	/**
	 * How often each message of a partition was handled, by its offset. To be called when
	 * the handlers have ended.
	 * @param partition the partition
	 * @return the times
	 */
	byte[] times(int partition) {
		byte[] times = this.times[partition];
		return Arrays.copyOf(times, times.length);
	}

	int partitions() {
		return this.times.length;
	}

}
