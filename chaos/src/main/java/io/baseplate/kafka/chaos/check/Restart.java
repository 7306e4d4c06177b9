package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.check.Invocations.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * An invocation of a message that an earlier invocation had handled, or was handling when
 * it was cut off. Where all earlier ones failed or were interrupted, the message was not
 * handled, and is not handled <em>again</em>.
 *
 * @param partition the partition
 * @param earlier the last of the earlier invocations that ended or has no end
 * @param again the invocation
 * @param handled whether an earlier one ended: otherwise it was cut off
 */
record Restart(PartitionHistory partition, int earlier, int again, boolean handled) {

	static @Nullable Restart of(PartitionHistory partition, int again) {
		Invocations invocations = partition.invocations();
		int earlier = -1;
		boolean handled = false;
		for (int i = partition.previous(again); i >= 0; i = partition.previous(i)) {
			Outcome outcome = invocations.outcome(i);
			if (earlier < 0 && (outcome == Outcome.ENDED || outcome == Outcome.OPEN)) {
				earlier = i;
			}
			handled |= outcome == Outcome.ENDED;
		}
		return (earlier >= 0) ? new Restart(partition, earlier, again, handled) : null;
	}

	/**
	 * The process that had the message before.
	 */
	int former() {
		return this.partition.invocations().process(this.earlier);
	}

	/**
	 * The process that began with it again.
	 */
	int latter() {
		return this.partition.invocations().process(this.again);
	}

	long earlierStart() {
		return this.partition.invocations().start(this.earlier);
	}

	long start() {
		return this.partition.invocations().start(this.again);
	}

	long offset() {
		return this.partition.offset(this.again);
	}

	/**
	 * Whether a commit had passed the message for certain when it was begun again.
	 */
	boolean isPassed() {
		return this.partition.commits().leastInForce(start()) > offset();
	}

	/**
	 * Whether this retries a restart that failed: then the message has been counted.
	 */
	boolean isRetry() {
		return this.partition.previous(this.again) != this.earlier;
	}

	/**
	 * Whether something that happened to a process can be why the message was left to the
	 * latter one, or why it reached the latter one before and is begun so late.
	 */
	boolean isExplainedBy(Cause cause, int process) {
		return (process == former()) ? cause.explainsThatLeft(earlierStart(), start())
				: cause.explainsThatLate(start());
	}

}
