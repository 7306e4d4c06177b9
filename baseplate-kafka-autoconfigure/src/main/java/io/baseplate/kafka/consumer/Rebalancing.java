package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.consumer.OffsetCommitter.Batch;
import io.baseplate.kafka.consumer.OffsetCommitter.Result;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when partitions come and go. Called by the client inside {@code poll} (or
 * {@code close}), on the thread that reads. Never throws.
 */
final class Rebalancing implements ConsumerRebalanceListener {

	private static final Logger logger = LoggerFactory.getLogger(Rebalancing.class);

	/**
	 * Part of {@code max.poll.interval.ms} that is kept for the commit and the rest of
	 * the rebalance.
	 */
	private static final Duration RESERVE = Duration.ofSeconds(3);

	/**
	 * How often a wait looks for the answers to heartbeats.
	 */
	private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final ReaderParts parts;

	Rebalancing(ReaderParts parts) {
		this.parts = parts;
	}

	@Override
	public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
		this.parts.lease().joined();
		this.parts.poller().joined();
		if (partitions.isEmpty()) {
			return;
		}
		guarded("assigned", () -> {
			this.parts.poller().assigned(partitions);
			this.parts.assignment().add(partitions);
			partitions.forEach((partition) -> logger.info("assigned {}/{} ({})", partition.topic(),
					partition.partition(), this.parts.settings().name()));
			this.parts.telemetry().assigned(partitions);
		});
	}

	@Override
	public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
		this.parts.lease().joined();
		if (partitions.isEmpty()) {
			return;
		}
		guarded("revoked", () -> {
			List<PartitionProgress> revoked = owned(partitions);
			this.parts.positions().followForward(revoked);
			long deadline = deadline();
			finishWhatWasRead(revoked, deadline);
			if (this.parts.commitsWhatWasRead()) {
				commit(revoked, true, this.parts.ticker().nanos() + RESERVE.toNanos());
			}
			else {
				dropTail(revoked);
				finish(revoked, deadline);
				drop(revoked);
				commit(revoked, false, deadline + reserve());
			}
		});
		gone(partitions, "revoked");
	}

	@Override
	public void onPartitionsLost(Collection<TopicPartition> partitions) {
		if (partitions.isEmpty()) {
			return;
		}
		guarded("lost", () -> {
			if (!this.parts.policy().commitsWhatWasRead()) {
				drop(owned(partitions));
			}
		});
		gone(partitions, "lost");
	}

	private List<PartitionProgress> owned(Collection<TopicPartition> partitions) {
		List<PartitionProgress> owned = new ArrayList<>();
		for (TopicPartition partition : partitions) {
			PartitionProgress progress = this.parts.assignment().get(partition);
			if (progress != null) {
				owned.add(progress);
			}
		}
		return owned;
	}

	private void drop(List<PartitionProgress> progresses) {
		for (PartitionProgress progress : progresses) {
			this.parts.counts().dropped.add(this.parts.queue().seal(progress));
		}
	}

	/**
	 * The same, but for what waits for other messages while some behind it have been
	 * begun: these would be handled again.
	 */
	private void dropTail(List<PartitionProgress> progresses) {
		for (PartitionProgress progress : progresses) {
			this.parts.counts().dropped.add(this.parts.queue().sealTail(progress));
		}
	}

	/**
	 * Under {@code read} the next owner begins behind what was read. Where there is an
	 * order it must not begin before that is handled.
	 */
	private void finishWhatWasRead(List<PartitionProgress> revoked, long deadline) {
		if (this.parts.commitsWhatWasRead() && this.parts.settings().ordering() != Ordering.NONE) {
			finish(revoked, deadline);
		}
	}

	/**
	 * Wait for the messages in the hands of handlers, and as long as something is handed
	 * over for those that they can still get.
	 */
	private void finish(List<PartitionProgress> revoked, long deadline) {
		Mailbox mailbox = this.parts.mailbox();
		mailbox.listen(true);
		while (true) {
			mailbox.clear();
			int inFlight = 0;
			for (PartitionProgress progress : revoked) {
				inFlight += this.parts.queue().isOpen() ? progress.pending() : progress.inFlight();
			}
			long left = unlessStopped(deadline, 0) - this.parts.ticker().nanos();
			if (inFlight == 0) {
				return;
			}
			if (left <= 0) {
				logger.warn("{} messages of revoked partitions are still being handled by {}{}", inFlight,
						this.parts.settings().name(),
						this.parts.commitsWhatWasRead() ? ", and the next owner begins behind them"
								: " and will be handled again by the next owner");
				return;
			}
			mailbox.await(Math.min(left, LOOK_NANOS));
			this.parts.poller().keepLease();
			this.parts.lease().inCallback();
			this.parts.contact().look();
		}
	}

	private void commit(List<PartitionProgress> revoked, boolean allRead, long deadline) {
		if (!this.parts.lease().isValid()) {
			logger.warn("{} has not heard from its group's coordinator for as long as its session lasts, and does not "
					+ "commit the partitions that it gives up: what was handled beyond the last commit "
					+ "will be handled again", this.parts.settings().name());
			return;
		}
		Mailbox mailbox = this.parts.mailbox();
		while (true) {
			Batch batch = this.parts.committer().collect(revoked, allRead);
			Result result = this.parts.committer().commitSync(batch, OffsetCommitter.ATTEMPT);
			if (result == Result.DONE) {
				return;
			}
			boolean again = result == Result.WOKEN || result == Result.AGAIN;
			long until = unlessStopped(deadline, Drain.reserve(this.parts.settings()) / 3);
			if (!again || this.parts.ticker().nanos() - until >= 0) {
				logger.warn("{} could not commit {} before giving them up: what was handled beyond the last commit "
						+ "will be handled again", this.parts.settings().name(), batch.offsets());
				return;
			}
			if (result == Result.AGAIN) {
				this.parts.topics().lookAfterFailure();
				mailbox.clear();
				mailbox.await(Duration.ofMillis(50).toNanos());
			}
		}
	}

	private long deadline() {
		ReaderParts parts = this.parts;
		long stop = parts.ticker().nanos() + parts.settings().stopTimeout().toNanos();
		long poll = parts.poller().begun() + parts.settings().maxPollInterval().toNanos() - reserve();
		long deadline = (stop - poll < 0) ? stop : poll;
		return deadline;
	}

	/**
	 * A stop may come while a revocation waits, and must not have to wait for that.
	 * @param deadline the deadline without a stop
	 * @param more time after the deadline that the stop sets for handlers
	 * @return the earlier of the deadlines
	 */
	private long unlessStopped(long deadline, long more) {
		Long handlers = this.parts.handlerDeadline();
		return (handlers != null && handlers + more - deadline < 0) ? handlers + more : deadline;
	}

	private long reserve() {
		return Math.min(RESERVE.toNanos(), this.parts.settings().maxPollInterval().toNanos() / 4);
	}

	private void gone(Collection<TopicPartition> partitions, String how) {
		guarded(how, () -> {
			this.parts.poller().unassigned(partitions);
			this.parts.assignment().remove(partitions);
			if (this.parts.assignment().owned().isEmpty()) {
				this.parts.lease().ownsNothing();
			}
			partitions.forEach((partition) -> logger.info("{} {}/{} ({})", how, partition.topic(),
					partition.partition(), this.parts.settings().name()));
			this.parts.telemetry().unassigned(partitions);
		});
	}

	private void guarded(String what, Runnable action) {
		this.parts.poller().callbackBegun();
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			this.parts.outcomes().fail(new Failure("Rebalance failed: " + ex, null, -1, ex));
			logger.error("Could not deal with partitions that were {} ({})", what, this.parts.settings().name(), ex);
		}
	}

}
