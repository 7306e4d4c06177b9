package io.baseplate.kafka.chaos.check;

import java.util.List;

/**
 * Commits only go forward.
 * <p>
 * Contract: "the engine never sends a lower commit within one incarnation of a
 * partition's log", for all strategies.
 * <p>
 * Definition: in the order of the log of commits, which needs no clock, no commit of a
 * partition is lower than the one before it within the same incarnation of the topic.
 * After a commit was deleted the order begins anew.
 */
final class CommittedNeverGoesBack implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (PartitionHistory partition : history.partitions()) {
			CommitTimeline commits = partition.commits();
			for (int i = 1; i < commits.size(); i++) {
				// A deleted commit is below all others: nothing is lower than it, and it
				// is no commit itself.
				if (commits.offset(i) != Commit.DELETED && commits.offset(i) < commits.offset(i - 1)) {
					int commit = i;
					findings
						.add(() -> "%s: %s follows %s; expected: never lower".formatted(history.partition(partition),
								history.commit(partition, commit), history.commit(partition, commit - 1)));
				}
			}
		}
		return findings.list();
	}

}
