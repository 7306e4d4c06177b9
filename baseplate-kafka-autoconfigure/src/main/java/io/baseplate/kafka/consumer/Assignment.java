package io.baseplate.kafka.consumer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.baseplate.kafka.Ordering;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that are assigned now, and what has to be looked at among them, so that
 * a turn of the reader costs what happened and not what is assigned. The reader changes
 * it; any thread may look at {@link #owned()}.
 */
final class Assignment {

	private final int maxUncommitted;

	private final int maxPollRecords;

	private final Ordering ordering;

	private volatile Map<TopicPartition, PartitionProgress> owned = Map.of();

	/**
	 * Partitions whose start position has not been settled.
	 */
	private final Set<TopicPartition> fresh = new LinkedHashSet<>();

	/**
	 * Partitions in which something was read that is not covered by a commit.
	 */
	private final Set<PartitionProgress> touched = new LinkedHashSet<>();

	/**
	 * Partitions that must wait for a commit before more is read of them.
	 */
	private final Set<TopicPartition> capped = new HashSet<>();

	/**
	 * Partitions that are assigned and do not exist any more.
	 */
	private final Set<TopicPartition> gone = new HashSet<>();

	/**
	 * Instances that are not current any more and whose messages are still in the hands
	 * of handlers, or of the queue.
	 */
	private final List<PartitionProgress> detached = new ArrayList<>();

	Assignment(int maxUncommitted, int maxPollRecords, Ordering ordering) {
		this.maxUncommitted = maxUncommitted;
		this.maxPollRecords = maxPollRecords;
		this.ordering = ordering;
	}

	/**
	 * The assigned partitions. Any thread.
	 * @return an immutable snapshot
	 */
	Map<TopicPartition, PartitionProgress> owned() {
		return this.owned;
	}

	@Nullable PartitionProgress get(TopicPartition topicPartition) {
		return this.owned.get(topicPartition);
	}

	boolean isCurrent(PartitionProgress progress) {
		return this.owned.get(progress.topicPartition()) == progress;
	}

	/**
	 * Whether commits of a partition make sense.
	 * @param progress the partition
	 * @return {@code false} where it is not assigned any more, or does not exist
	 */
	boolean isCommittable(PartitionProgress progress) {
		return isCurrent(progress) && !this.gone.contains(progress.topicPartition());
	}

	void add(Collection<TopicPartition> partitions) {
		Map<TopicPartition, PartitionProgress> owned = new LinkedHashMap<>(this.owned);
		for (TopicPartition topicPartition : partitions) {
			if (!owned.containsKey(topicPartition)) {
				owned.put(topicPartition, new PartitionProgress(topicPartition, this.ordering));
				this.fresh.add(topicPartition);
			}
		}
		this.owned = Map.copyOf(owned);
	}

	void remove(Collection<TopicPartition> partitions) {
		Map<TopicPartition, PartitionProgress> owned = new LinkedHashMap<>(this.owned);
		for (TopicPartition topicPartition : partitions) {
			detach(owned.remove(topicPartition));
			this.fresh.remove(topicPartition);
			this.capped.remove(topicPartition);
			this.gone.remove(topicPartition);
		}
		this.owned = Map.copyOf(owned);
	}

	/**
	 * Begin a new incarnation of a partition's log.
	 * @param former the former incarnation
	 * @param position where the new one begins
	 * @return the new one
	 */
	PartitionProgress renew(PartitionProgress former, long position) {
		TopicPartition topicPartition = former.topicPartition();
		PartitionProgress progress = new PartitionProgress(topicPartition, this.ordering);
		progress.begin(position, Optional.empty(), PartitionProgress.UNKNOWN);
		Map<TopicPartition, PartitionProgress> owned = new LinkedHashMap<>(this.owned);
		owned.put(topicPartition, progress);
		this.owned = Map.copyOf(owned);
		this.capped.remove(topicPartition);
		detach(former);
		return progress;
	}

	/**
	 * A partition does not exist any more, and is still assigned: nothing is read or
	 * committed of it.
	 * @param progress the partition
	 */
	void letGo(PartitionProgress progress) {
		TopicPartition topicPartition = progress.topicPartition();
		this.gone.add(topicPartition);
		this.fresh.remove(topicPartition);
		this.capped.remove(topicPartition);
		this.touched.remove(progress);
	}

	/**
	 * A partition that did not exist exists again: it begins as if it had just been
	 * assigned, and what was read before counts for nothing.
	 * @param topicPartition the partition
	 */
	void takeBack(TopicPartition topicPartition) {
		Set<TopicPartition> partitions = Set.of(topicPartition);
		remove(partitions);
		add(partitions);
	}

	/**
	 * Partitions that are assigned and do not exist any more.
	 * @return the partitions
	 */
	Set<TopicPartition> gone() {
		return this.gone;
	}

	private void detach(@Nullable PartitionProgress progress) {
		if (progress != null) {
			this.touched.remove(progress);
			this.detached.removeIf((former) -> !former.isInUse());
			this.detached.add(progress);
		}
	}

	/**
	 * Instances that are not current any more and still known.
	 * @return how many
	 */
	int detached() {
		return this.detached.size();
	}

	/**
	 * Something was read of a partition.
	 * @param progress the partition
	 */
	void touch(PartitionProgress progress) {
		this.touched.add(progress);
		if (mustWait(progress)) {
			this.capped.add(progress.topicPartition());
		}
	}

	/**
	 * A commit was acknowledged.
	 * @param progress the partition
	 * @param point what was committed
	 */
	void acknowledged(PartitionProgress progress, PartitionProgress.Point point) {
		if (!isCurrent(progress)) {
			return;
		}
		progress.acknowledged(point);
		if (progress.uncommitted() == 0 && progress.committed() >= progress.position()) {
			this.touched.remove(progress);
		}
		if (!mustWait(progress)) {
			this.capped.remove(progress.topicPartition());
		}
	}

	private boolean mustWait(PartitionProgress progress) {
		return progress.uncommitted() + this.maxPollRecords > this.maxUncommitted;
	}

	/**
	 * Whether a partition is close enough to its cap that it should be committed before
	 * the interval ends.
	 * @param progress the partition
	 * @return {@code true} from half of the cap on
	 */
	boolean isPressing(PartitionProgress progress) {
		return progress.uncommitted() * 2 >= this.maxUncommitted || mustWait(progress);
	}

	Set<PartitionProgress> touched() {
		return this.touched;
	}

	Set<TopicPartition> fresh() {
		return this.fresh;
	}

	boolean isCapped() {
		return !this.capped.isEmpty();
	}

	/**
	 * Partitions of which nothing may be read now.
	 * @return the partitions
	 */
	Set<TopicPartition> unreadable() {
		if (this.fresh.isEmpty() && this.gone.isEmpty()) {
			return this.capped;
		}
		Set<TopicPartition> unreadable = new HashSet<>(this.capped);
		unreadable.addAll(this.fresh);
		unreadable.addAll(this.gone);
		return unreadable;
	}

	/**
	 * Partitions of which something is queued or in the hands of handlers, and those of
	 * which nothing may be read now.
	 * @return the partitions
	 */
	Set<TopicPartition> pending() {
		Set<TopicPartition> pending = new HashSet<>(unreadable());
		this.owned.forEach((partition, progress) -> {
			progress.advance();
			if (progress.isInUse()) {
				pending.add(partition);
			}
		});
		return pending;
	}

	/**
	 * Whether messages were read that no commit covers.
	 * @return {@code true} where there are some
	 */
	boolean hasUncommitted() {
		for (PartitionProgress progress : this.touched) {
			if (progress.uncommitted() > 0) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What was read and not handled.
	 * @param ranges gets topic, partition and offsets for a log
	 * @return how many messages that are
	 */
	int unhandled(List<String> ranges) {
		int unhandled = 0;
		for (PartitionProgress progress : this.owned.values()) {
			unhandled += progress.unhandled(ranges);
		}
		for (PartitionProgress progress : this.detached) {
			unhandled += progress.unhandled(ranges);
		}
		return unhandled;
	}

	/**
	 * Take away what is queued, also what handlers have passed by because it waits for
	 * another message.
	 * @param queue the queue that has it
	 * @return how many messages that were
	 */
	int seal(WorkQueue queue) {
		int sealed = 0;
		for (PartitionProgress progress : this.owned.values()) {
			sealed += queue.seal(progress);
		}
		for (PartitionProgress progress : this.detached) {
			sealed += queue.seal(progress);
		}
		return sealed;
	}

	/**
	 * Abandon what handlers work on now.
	 * @return how many messages that were
	 */
	int abandonInFlight() {
		int abandoned = 0;
		for (PartitionProgress progress : this.owned.values()) {
			abandoned += progress.abandonInFlight();
		}
		for (PartitionProgress progress : this.detached) {
			abandoned += progress.abandonInFlight();
		}
		return abandoned;
	}

}
