package io.baseplate.kafka.chaos.check;

import java.util.List;

import io.baseplate.kafka.CommitStrategy;

/**
 * A commit covers only what is done.
 * <p>
 * Contract: "In every mode and policy but {@code read}, a committed offset never passes a
 * message that was not handled (or judged invalid, section 5)"; of {@code read}:
 * "committed every {@code commit-interval}, all that was read".
 * <p>
 * Definition, but for {@code read}: at each commit, each valid message from the start up
 * to the committed offset (exclusive) has an invocation that ENDED not after the latest
 * moment at which the broker can have taken the commit. ENDED is written before the
 * handler returns, so before the commit is sent, so that no order of events that keeps
 * the promise can fail; a commit that comes too early by less than the uncertainty of the
 * clock (3 to 5 ms) is not seen by its time. Each message is judged by the first commit
 * that passes it.
 * <p>
 * Definition, for {@code read}: no commit is beyond the end of the partition (a message
 * has to exist to be read). What it may skip is the matter of {@link NothingLost}.
 */
final class CommittedNeverPastHandled implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (PartitionHistory partition : history.partitions()) {
			if (history.cell().commit() != CommitStrategy.READ) {
				checkHandled(history, partition, findings);
			}
			else if (!partition.isDeleted()) {
				checkExists(history, partition, findings);
			}
		}
		return findings.list();
	}

	private void checkHandled(History history, PartitionHistory partition, Findings findings) {
		CommitTimeline commits = partition.commits();
		Messages messages = partition.messages();
		int checked = partition.firstDue();
		for (int i = 0; i < commits.size(); i++) {
			int end = messages.lowerBound(commits.offset(i));
			for (; checked < end; checked++) {
				long handledAt = partition.handledAt(checked);
				if (!messages.isInvalid(checked) && handledAt > commits.latest(i)) {
					int commit = i;
					int message = checked;
					findings.add(() -> "%s: %s passes it, but it was first handled: %s; expected: before the commit"
						.formatted(history.message(partition, message), history.commit(partition, commit),
								history.at(handledAt)));
				}
			}
		}
	}

	private void checkExists(History history, PartitionHistory partition, Findings findings) {
		CommitTimeline commits = partition.commits();
		for (int i = 0; i < commits.size(); i++) {
			if (commits.offset(i) > partition.messages().end()) {
				int commit = i;
				findings.add(() -> "%s: %s is beyond its end %d; expected: only what was read".formatted(
						history.partition(partition), history.commit(partition, commit), partition.messages().end()));
			}
		}
	}

}
