package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A partition has one owner at a time. Not for {@code read}.
 * <p>
 * Contract: "those in flight get up to … to finish, and are committed before the
 * partition is given up"; "Before a commit, and before handing over a message, the
 * reader's last poll must be younger than its lease … So two owners overlap at most by
 * the messages already in flight ({@code read} and overruns of {@code stop-timeout}
 * excepted)".
 * <p>
 * Definition: no invocation of a partition begins while one of another process has begun
 * and not ended; one without an end ended when its process last wrote to its journal.
 * Excepted are invocations of a process that may have lost the partition through a fault
 * (begun at most {@link Cause#SETTLES_NANOS 15 s} after its end, and overlapping what
 * begins after its beginning): each fault excuses only so many for each process as the
 * row says, by default as many as can be in flight. Where the row makes handlers overrun
 * their time, those of that process are excused.
 */
final class SingleOwner implements Guarantee {

	private final int overlap;

	SingleOwner(int overlap) {
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
		List<Integer> running = new ArrayList<>();
		BitSet excused = new BitSet();
		for (int i = 0; i < invocations.size(); i++) {
			int invocation = i;
			long start = invocations.start(i);
			running.removeIf((other) -> end(history, invocations, other) <= start);
			for (int other : running) {
				boolean foreign = invocations.process(other) != invocations.process(i);
				if (foreign && !isExcused(partition, other, i, excused, latecomers)) {
					findings.add(() -> "%s: %s, while %s: %s; expected: one process after the other".formatted(
							history.message(partition, invocations.message(invocation)),
							history.invocation(partition, invocation),
							history.message(partition, invocations.message(other)),
							history.invocation(partition, other)));
					break;
				}
			}
			running.add(i);
		}
	}

	private static boolean isExcused(PartitionHistory partition, int earlier, int later, BitSet excused,
			Latecomers latecomers) {
		if (excused.get(earlier) || excused.get(later)) {
			return true;
		}
		long overlapped = partition.invocations().start(later);
		for (int each : new int[] { earlier, later }) {
			if (latecomers.excuseOverlap(partition, each, overlapped)) {
				excused.set(each);
				return true;
			}
		}
		return false;
	}

	private static long end(History history, Invocations invocations, int invocation) {
		long end = invocations.end(invocation);
		return (end != Invocations.NEVER) ? end : history.processes().get(invocations.process(invocation)).lastNanos();
	}

}
