package io.baseplate.kafka.chaos.check;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Under {@code each-message}, a consumer commits each message before it takes the next,
 * of whatever partition.
 * <p>
 * Contract: "Message k+1 is not handed over before k has been handled and, under
 * {@code each-message}, its offset durably committed"; "Under {@code each-message} no
 * further message is handed over before [the commit] succeeds or the partition is gone".
 * <p>
 * Definition: of two invocations of one process that follow each other, where the first
 * one ENDED: when the second begins, a commit that passes the first can have been taken.
 * Or else the partition was gone: then somebody handled that message again, and began
 * with it later. Not judged where nothing is known of that partition from then on,
 * neither a commit that passes the message nor an invocation, nor for messages of an
 * incarnation of the topic that was deleted.
 */
final class CommittedBeforeNext implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		@Nullable Last[] lasts = new @Nullable Last[history.processes().size()];
		Sweep.over(history, (partition, invocation) -> {
			Invocations invocations = partition.invocations();
			int process = invocations.process(invocation);
			Last last = lasts[process];
			if (last != null && !isCommitted(last, invocations.start(invocation)) && !last.isPartitionGone()) {
				findings.add(() -> describe(history, last, partition, invocation));
			}
			lasts[process] = new Last(partition, invocation);
		});
		return findings.list();
	}

	private static boolean isCommitted(Last last, long next) {
		PartitionHistory partition = last.partition();
		if (!partition.invocations().isHandled(last.invocation())) {
			return true;
		}
		CommitTimeline commits = partition.commits();
		int commit = commits.firstBeyond(partition.offset(last.invocation()));
		return commit < commits.size() && commits.earliest(commit) <= next;
	}

	private static String describe(History history, Last last, PartitionHistory partition, int invocation) {
		PartitionHistory before = last.partition();
		int commit = before.commits().firstBeyond(before.offset(last.invocation()));
		return "%s: %s, after %s: %s, which was not committed by then: %s; expected: a commit before".formatted(
				history.message(partition, partition.invocations().message(invocation)),
				history.invocation(partition, invocation),
				history.message(before, before.invocations().message(last.invocation())),
				history.invocation(before, last.invocation()), (commit < before.commits().size())
						? "the first that passes it is " + history.commit(before, commit) : "no commit passes it");
	}

	private record Last(PartitionHistory partition, int invocation) {

		/**
		 * Whether the message was handled again, or the partition never heard of again.
		 */
		private boolean isPartitionGone() {
			Invocations invocations = this.partition.invocations();
			for (int i = this.invocation + 1; i < invocations.size(); i++) {
				if (invocations.message(i) == invocations.message(this.invocation)) {
					return true;
				}
			}
			long last = this.partition.commits().mostBefore(Long.MAX_VALUE);
			return this.invocation + 1 == invocations.size() && last <= this.partition.offset(this.invocation);
		}

	}

}
