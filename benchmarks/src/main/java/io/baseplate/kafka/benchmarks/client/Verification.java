package io.baseplate.kafka.benchmarks.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a stack that has stopped did what all claim: everything before the committed
 * offset handled exactly once, nothing behind it, in the order that is promised; and
 * everything there is, where it was given the time.
 */
final class Verification {

	private final Deliveries deliveries;

	private final List<String> problems = new ArrayList<>();

	private Verification(Deliveries deliveries) {
		this.deliveries = deliveries;
	}

	/**
	 * Judge.
	 * @param deliveries what was handled
	 * @param committed what is committed of each partition
	 * @param ends where each partition ends
	 * @param all whether everything must have been handled
	 * @return what is wrong; nothing where all is well
	 */
	static List<String> check(Deliveries deliveries, List<Committed> committed, long[] ends, boolean all) {
		Verification verification = new Verification(deliveries);
		verification.checkCounts();
		for (int partition = 0; partition < deliveries.partitions(); partition++) {
			verification.checkPartition(partition, committed.get(partition));
			long offset = committed.get(partition).offset();
			if (all && offset != ends[partition]) {
				verification.problems
					.add("partition %d: committed %d, but it ends at %d".formatted(partition, offset, ends[partition]));
			}
		}
		return verification.problems;
	}

	private void checkCounts() {
		long sum = 0;
		for (int partition = 0; partition < this.deliveries.partitions(); partition++) {
			for (byte times : this.deliveries.times(partition)) {
				sum += times;
			}
		}
		if (sum != this.deliveries.count()) {
			this.problems.add("%d calls of handlers, but %d are accounted for".formatted(this.deliveries.count(), sum));
		}
		if (this.deliveries.count() == 0) {
			this.problems.add("nothing was handled");
		}
		if (this.deliveries.disorders() > 0) {
			this.problems.add("%d messages not in the order of their %s".formatted(this.deliveries.disorders(),
					this.deliveries.order()));
		}
		if (this.deliveries.strangers() > 0) {
			this.problems.add("%d messages that the topic does not have".formatted(this.deliveries.strangers()));
		}
	}

	private void checkPartition(int partition, Committed committed) {
		byte[] times = this.deliveries.times(partition);
		long missing = 0;
		long repeated = 0;
		long beyond = 0;
		for (int offset = 0; offset < times.length; offset++) {
			if (times[offset] > 1) {
				repeated++;
			}
			if (committed.covers(offset) && times[offset] == 0) {
				missing++;
			}
			if (!committed.covers(offset) && times[offset] > 0) {
				beyond++;
			}
		}
		add(partition, missing, "committed and not handled");
		add(partition, repeated, "handled more than once");
		add(partition, beyond, "handled and not committed (committed is %d)".formatted(committed.offset()));
	}

	private void add(int partition, long messages, String what) {
		if (messages > 0) {
			this.problems.add("partition %d: %d messages %s".formatted(partition, messages, what));
		}
	}

}
