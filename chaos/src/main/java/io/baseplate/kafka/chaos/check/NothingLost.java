package io.baseplate.kafka.chaos.check;

import java.util.List;

import io.baseplate.kafka.CommitStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Every message is handled.
 * <p>
 * Contract: "In every mode and policy but {@code read}, a committed offset never passes a
 * message that was not handled" and "[{@code processed}] never skips"; of {@code read}:
 * "may skip what was read and not handled" after a crash; "Clean stop. … Nothing is
 * lost"; "[messages of a revoked partition] under {@code read} are handled all the same".
 * <p>
 * Definition: each message of the truth, from the start on, that is valid has an
 * invocation that ENDED. Where the row did not wait for quiet, only messages below the
 * last commit are due. Not judged in an incarnation of the topic that was deleted.
 * <p>
 * Under {@code read}, where the row allows losses, a message without ENDED is no
 * violation if a commit passes it, and the first one that does can have been sent by a
 * consumer that then crashed or failed: it was taken at most {@link Cause#SETTLES_NANOS
 * 15 s} after the last crash, failure or overrun of any process. And of all processes
 * together no more messages are lost than the read-ahead of one consumer for each crash,
 * failure and overrun.
 */
final class NothingLost implements Guarantee {

	private final boolean quiet;

	private final boolean lossesAllowed;

	NothingLost(boolean quiet, boolean lossesAllowed) {
		this.quiet = quiet;
		this.lossesAllowed = lossesAllowed;
	}

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		boolean judgesCauses = this.lossesAllowed && history.cell().commit() == CommitStrategy.READ;
		@Nullable Losses losses = judgesCauses ? new Losses(history) : null;
		for (PartitionHistory partition : history.partitions()) {
			if (!partition.isDeleted()) {
				check(history, partition, losses, findings);
			}
		}
		if (losses != null && losses.excused > losses.bound()) {
			findings.add(() -> "%d messages were lost; %d crashes and failures explain at most %d, %d for each"
				.formatted(losses.excused, losses.count, losses.bound(), history.limits().readAhead()));
		}
		return findings.list();
	}

	private void check(History history, PartitionHistory partition, @Nullable Losses losses, Findings findings) {
		Messages messages = partition.messages();
		int until = this.quiet ? messages.size() : messages.lowerBound(partition.commits().last());
		int first = -1;
		for (int i = partition.firstDue(); i <= until; i++) {
			boolean lost = i < until && !messages.isInvalid(i) && !partition.isHandled(i)
					&& !(losses != null && losses.excuses(partition, i));
			if (lost && first < 0) {
				first = i;
			}
			else if (!lost && first >= 0) {
				int from = first;
				int to = i;
				findings.add(() -> describe(history, partition, from, to));
				first = -1;
			}
		}
	}

	private static String describe(History history, PartitionHistory partition, int from, int to) {
		StringBuilder text = new StringBuilder(history.message(partition, from));
		if (to - from > 1) {
			text.append(" to offset ").append(partition.messages().offset(to - 1));
		}
		text.append(": not handled, expected: each once at least (").append(to - from).append(" in a row)");
		int commit = partition.commits().firstBeyond(partition.messages().offset(from));
		if (commit < partition.commits().size()) {
			text.append("; first passed by ").append(history.commit(partition, commit));
		}
		else {
			text.append("; the last commit is ").append(partition.commits().last());
		}
		Invocations invocations = partition.invocations();
		for (int i = invocations.size() - 1; i >= 0; i--) {
			if (invocations.message(i) == from) {
				return text.append("; last invocation: ").append(history.invocation(partition, i)).toString();
			}
		}
		return text.append("; no handler saw it").toString();
	}

	/**
	 * What crashes and failures explain under {@code read}.
	 */
	private static final class Losses {

		private final History history;

		private long count;

		private long last = Long.MIN_VALUE;

		private long excused;

		Losses(History history) {
			this.history = history;
			Causes causes = new Causes(history);
			for (int i = 0; i < history.processes().size(); i++) {
				for (Cause cause : causes.of(i)) {
					if (cause.effect() == FaultKind.Effect.CRASH || cause.effect() == FaultKind.Effect.FAILURE
							|| cause.effect() == FaultKind.Effect.OVERRUN) {
						this.count++;
						this.last = Math.max(this.last, cause.to() + Cause.SETTLES_NANOS);
					}
				}
			}
		}

		boolean excuses(PartitionHistory partition, int message) {
			CommitTimeline commits = partition.commits();
			int commit = commits.firstBeyond(partition.messages().offset(message));
			boolean excuses = this.count > 0 && commit < commits.size() && commits.earliest(commit) <= this.last;
			if (excuses) {
				this.excused++;
			}
			return excuses;
		}

		long bound() {
			return this.count * this.history.limits().readAhead();
		}

	}

}
