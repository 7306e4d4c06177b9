package io.baseplate.kafka.chaos.check;

import java.util.List;

/**
 * In the end everything is committed.
 * <p>
 * Contract: "When everything is handled the lag is 0, behind transaction markers and
 * aborted messages too"; architecture, invariant 7: "When everything read has been
 * handled, the committed offset is the consumer's next position (lag 0)".
 * <p>
 * Definition, for rows that wait for quiet: the last commit of each partition is the
 * partition's end. A partition that never had a commit must have nothing from its start
 * on. Not judged in an incarnation of the topic that was deleted.
 */
final class LagZero implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (PartitionHistory partition : history.partitions()) {
			long last = partition.commits().last();
			long committed = (last != CommitTimeline.NONE) ? last : partition.start();
			if (!partition.isDeleted() && committed != partition.messages().end()) {
				findings
					.add(() -> "%s: %s, and its end is %d; expected: the same".formatted(history.partition(partition),
							(last != CommitTimeline.NONE)
									? "the last is " + history.commit(partition, partition.commits().size() - 1)
									: "there is no commit, it began at " + partition.start(),
							partition.messages().end()));
			}
		}
		return findings.list();
	}

}
