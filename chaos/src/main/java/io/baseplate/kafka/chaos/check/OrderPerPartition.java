package io.baseplate.kafka.chaos.check;

import java.util.List;

/**
 * In order, the messages of a partition follow each other.
 * <p>
 * Contract: "Message k+1 is not handed over before k has been handled"; architecture,
 * invariant 4: "per partition, offsets strictly increase; k+1 starts after k is handled";
 * "So two owners overlap at most by the messages already in flight".
 * <p>
 * Definition, over all processes, in the order in which invocations of one partition
 * begin:
 * <ul>
 * <li>the offsets strictly increase, except that they may go back (or stay) to an offset
 * that is not below the last commit: of the commits that can have been the last one at
 * that moment, the lowest;</li>
 * <li>when a message begins, the valid message before it, from the start on, has been
 * handled by some process: its ENDED comes before;</li>
 * <li>excepted is an invocation that was handed over before a fault made its process lose
 * the partition, and begins after: it began during the fault or within
 * {@link Cause#SETTLES_NANOS 15 s} after, its message was not committed when the fault
 * began, and each fault excuses only so many for each process as the row says, by default
 * the one that can be in flight. It does not count in the order of the others.</li>
 * </ul>
 * Times of journals are compared as they are: they are of one clock, and what is handed
 * over later was known to be handled before.
 */
final class OrderPerPartition implements Guarantee {

	private final int overlap;

	OrderPerPartition(int overlap) {
		this.overlap = overlap;
	}

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		Latecomers latecomers = new Latecomers(new Causes(history), this.overlap);
		for (PartitionHistory partition : history.partitions()) {
			check(history, partition, latecomers, findings);
		}
		return findings.list();
	}

	private void check(History history, PartitionHistory partition, Latecomers latecomers, Findings findings) {
		Invocations invocations = partition.invocations();
		int last = -1;
		for (int i = 0; i < invocations.size(); i++) {
			int invocation = i;
			int message = invocations.message(i);
			int lastMessage = (last >= 0) ? invocations.message(last) : -1;
			if (message <= lastMessage
					&& partition.commits().leastInForce(invocations.start(i)) > partition.offset(i)) {
				if (latecomers.excuse(partition, i)) {
					continue;
				}
				int after = last;
				findings.add(() -> "%s: %s, after %s: %s, when the commit in force was %d; expected: the next one, or "
					.formatted(history.message(partition, message), history.invocation(partition, invocation),
							history.message(partition, lastMessage), history.invocation(partition, after),
							partition.commits().leastInForce(invocations.start(invocation)))
						+ "one from the commit on");
			}
			int before = partition.predecessor(message);
			if (before >= 0 && partition.handledAt(before) > invocations.start(i)) {
				findings.add(() -> "%s: %s, but %s was first handled: %s; expected: before".formatted(
						history.message(partition, message), history.invocation(partition, invocation),
						history.message(partition, before), history.at(partition.handledAt(before))));
			}
			last = i;
		}
	}

}
