package io.baseplate.kafka.chaos.check;

import java.util.List;

/**
 * A group that has no commit makes one before it begins.
 * <p>
 * Contract: "A partition without a committed offset gets its resolved start position
 * committed before its first message is handed over; otherwise a crash before the first
 * commit would skip messages under {@code latest}".
 * <p>
 * Definition: when the first invocation of a partition begins, a commit of the partition
 * can have been taken, and the first one is not beyond that message. The commit is taken
 * before it is acknowledged, and that before the message is handed over, so that only the
 * uncertainty of the clock is in favour of the consumer. Judged for the first incarnation
 * of the topic: a later one meets partitions that are assigned already.
 */
final class StartCommittedFirst implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (PartitionHistory partition : history.partitions()) {
			if (partition.incarnation() == 0 && partition.invocations().size() > 0) {
				check(history, partition, findings);
			}
		}
		return findings.list();
	}

	private void check(History history, PartitionHistory partition, Findings findings) {
		CommitTimeline commits = partition.commits();
		String first = history.message(partition, partition.invocations().message(0)) + ": the first invocation ("
				+ history.invocation(partition, 0) + ") ";
		if (commits.possiblyBefore(partition.invocations().start(0)) == 0) {
			findings.add(() -> first + "comes before "
					+ ((commits.size() > 0) ? "the first " + history.commit(partition, 0) : "any commit")
					+ "; expected: the start position committed before");
		}
		else if (commits.offset(0) > partition.offset(0)) {
			findings.add(() -> first + "is before the start, the first " + history.commit(partition, 0)
					+ "; expected: the start position committed before");
		}
	}

}
