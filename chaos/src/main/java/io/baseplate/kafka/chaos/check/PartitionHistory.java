package io.baseplate.kafka.chaos.check;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * What happened to one partition, in one incarnation of the topic.
 */
final class PartitionHistory {

	private final int partition;

	private final int incarnation;

	private final boolean deleted;

	private final Messages messages;

	private final CommitTimeline commits;

	private final Invocations invocations;

	private final long start;

	private long @Nullable [] handledAt;

	private int @Nullable [] previous;

	PartitionHistory(int partition, int incarnation, boolean deleted, Messages messages, CommitTimeline commits,
			Invocations invocations, long start) {
		this.partition = partition;
		this.incarnation = incarnation;
		this.deleted = deleted;
		this.messages = messages;
		this.commits = commits;
		this.invocations = invocations;
		this.start = start;
	}

	int partition() {
		return this.partition;
	}

	/**
	 * Which creation of the topic: 0 is the first.
	 */
	int incarnation() {
		return this.incarnation;
	}

	/**
	 * Whether the topic was deleted later, with all that nobody had handled by then.
	 */
	boolean isDeleted() {
		return this.deleted;
	}

	Messages messages() {
		return this.messages;
	}

	CommitTimeline commits() {
		return this.commits;
	}

	/**
	 * The invocations in the order in which they began.
	 */
	Invocations invocations() {
		return this.invocations;
	}

	/**
	 * The offset from which the group had to read.
	 */
	long start() {
		return this.start;
	}

	/**
	 * The index of the first message that the group had to read.
	 */
	int firstDue() {
		return this.messages.lowerBound(this.start);
	}

	long offset(int invocation) {
		return this.messages.offset(this.invocations.message(invocation));
	}

	/**
	 * When a message had first been handled, {@link Invocations#NEVER} where it never
	 * was.
	 */
	long handledAt(int message) {
		return handledAt()[message];
	}

	boolean isHandled(int message) {
		return handledAt(message) != Invocations.NEVER;
	}

	private long[] handledAt() {
		long[] handledAt = this.handledAt;
		if (handledAt == null) {
			handledAt = new long[this.messages.size()];
			Arrays.fill(handledAt, Invocations.NEVER);
			for (int i = 0; i < this.invocations.size(); i++) {
				int message = this.invocations.message(i);
				if (this.invocations.isHandled(i) && this.invocations.end(i) < handledAt[message]) {
					handledAt[message] = this.invocations.end(i);
				}
			}
			this.handledAt = handledAt;
		}
		return handledAt;
	}

	/**
	 * The invocation of the same message that began before this one, -1 where there is
	 * none.
	 */
	int previous(int invocation) {
		int[] previous = this.previous;
		if (previous == null) {
			previous = new int[this.invocations.size()];
			int[] last = new int[this.messages.size()];
			Arrays.fill(last, -1);
			for (int i = 0; i < previous.length; i++) {
				int message = this.invocations.message(i);
				previous[i] = last[message];
				last[message] = i;
			}
			this.previous = previous;
		}
		return previous[invocation];
	}

	/**
	 * The last message before this one that has to be handled, as an index; -1 where
	 * there is none.
	 */
	int predecessor(int message) {
		int first = firstDue();
		for (int i = message - 1; i >= first; i--) {
			if (!this.messages.isInvalid(i)) {
				return i;
			}
		}
		return -1;
	}

}
