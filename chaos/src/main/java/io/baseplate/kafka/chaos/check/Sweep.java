package io.baseplate.kafka.chaos.check;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Visits the invocations of all partitions in the order of time.
 */
final class Sweep {

	private Sweep() {
	}

	static void over(History history, Visitor visitor) {
		PriorityQueue<Cursor> cursors = new PriorityQueue<>(Comparator.comparingLong(Cursor::start));
		for (PartitionHistory partition : history.partitions()) {
			if (partition.invocations().size() > 0) {
				cursors.add(new Cursor(partition));
			}
		}
		while (true) {
			Cursor cursor = cursors.poll();
			if (cursor == null) {
				return;
			}
			// As long as this partition stays the earliest, the queue is left alone.
			Cursor next = cursors.peek();
			long until = (next != null) ? next.start() : Long.MAX_VALUE;
			int size = cursor.partition.invocations().size();
			while (cursor.invocation < size && cursor.start() <= until) {
				visitor.invocation(cursor.partition, cursor.invocation);
				cursor.invocation++;
			}
			if (cursor.invocation < size) {
				cursors.add(cursor);
			}
		}
	}

	/**
	 * Is told each invocation.
	 */
	@FunctionalInterface
	interface Visitor {

		void invocation(PartitionHistory partition, int invocation);

	}

	private static final class Cursor {

		private final PartitionHistory partition;

		private int invocation;

		private Cursor(PartitionHistory partition) {
			this.partition = partition;
		}

		private long start() {
			return this.partition.invocations().start(this.invocation);
		}

	}

}
