package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.consumer.PartitionProgress.Point;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commits and understands the answers. Commits only partitions that are assigned
 * now, and never less than was acknowledged before. Reader thread.
 */
final class OffsetCommitter {

	private static final Logger logger = LoggerFactory.getLogger(OffsetCommitter.class);

	/**
	 * How long one attempt may take. Short, because the reader does not poll meanwhile.
	 */
	static final Duration ATTEMPT = Duration.ofSeconds(1);

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private final ConsumerSettings settings;

	private final Consumer<byte[], byte[]> kafka;

	private final Assignment assignment;

	private final Lease lease;

	private final TopicWatch topics;

	private final ConsumerTelemetry telemetry;

	private final Ticker ticker;

	private final UnexpectedErrors unexpected;

	/**
	 * What is on its way; {@code null} once that is answered.
	 */
	private @Nullable Batch outstanding;

	/**
	 * The number of the commit that was sent last without waiting for the answer.
	 */
	private long number;

	private long lastSent;

	private long notBefore;

	/**
	 * A commit has failed, and it was said.
	 */
	private boolean warned;

	private @Nullable Exception refusal;

	OffsetCommitter(ConsumerSettings settings, Consumer<byte[], byte[]> kafka, Assignment assignment, TopicWatch topics,
			Lease lease, ConsumerTelemetry telemetry, Ticker ticker) {
		this.settings = settings;
		this.kafka = kafka;
		this.assignment = assignment;
		this.lease = lease;
		this.topics = topics;
		this.telemetry = telemetry;
		this.ticker = ticker;
		this.unexpected = new UnexpectedErrors(ticker);
		this.lastSent = ticker.nanos();
		this.notBefore = this.lastSent;
	}

	/**
	 * Whether a commit is on its way.
	 * @return {@code true} until it is answered
	 */
	boolean isOutstanding() {
		return this.outstanding != null;
	}

	/**
	 * A refusal that no retry can mend.
	 * @return what the brokers said, or {@code null}
	 */
	@Nullable Exception refusal() {
		return this.refusal;
	}

	/**
	 * Time since a commit was last sent.
	 * @return nanoseconds
	 */
	long sinceLastSent() {
		return this.ticker.nanos() - this.lastSent;
	}

	/**
	 * There is nothing to commit this time: the interval begins anew.
	 */
	void skip() {
		this.lastSent = this.ticker.nanos();
	}

	/**
	 * Whether a commit that failed should not be tried again yet.
	 * @return {@code true} for a short while after a failure
	 */
	boolean isBackingOff() {
		return this.ticker.nanos() - this.notBefore < 0;
	}

	/**
	 * What could be committed now. Never less than is on its way: under {@code read},
	 * what was handled can be less than what was read.
	 * @param among the partitions to look at
	 * @param allRead whether what was read counts, handled or not
	 * @return a batch, perhaps empty
	 */
	Batch collect(Collection<PartitionProgress> among, boolean allRead) {
		Batch batch = new Batch();
		for (PartitionProgress progress : among) {
			Point point = progress.point(allRead);
			if (point.offset() > progress.committed() && point.offset() >= sent(progress)
					&& this.assignment.isCommittable(progress)) {
				batch.add(progress, point);
			}
		}
		return batch;
	}

	/**
	 * How far a partition will be committed if the commit that is on its way succeeds.
	 */
	private long sent(PartitionProgress progress) {
		if (this.outstanding != null) {
			for (Commit commit : this.outstanding.points()) {
				if (commit.progress() == progress) {
					return commit.point().offset();
				}
			}
		}
		return 0;
	}

	/**
	 * Send a commit and do not wait for the answer, which arrives during a later poll.
	 * @param batch what to commit
	 */
	void commitAsync(Batch batch) {
		long begun = this.ticker.nanos();
		this.lastSent = begun;
		this.outstanding = batch;
		this.number++;
		long number = this.number;
		try {
			this.kafka.commitAsync(batch.offsets(), (offsets, ex) -> answeredLater(number, batch, ex, begun));
		}
		catch (InterruptException ex) {
			// Under KIP-848 it waits for the client's own thread.
			Thread.interrupted();
			answeredLater(number, batch, ex, begun);
		}
	}

	/**
	 * An answer is there. Not where the commit was given up before.
	 */
	private void answeredLater(long number, Batch batch, @Nullable Exception failure, long begun) {
		if (this.number == number && this.outstanding != null) {
			this.outstanding = null;
			answered(batch, failure, begun);
		}
	}

	/**
	 * Commit, and wait for the answer.
	 * @param batch what to commit
	 * @param timeout how long at most
	 * @return what came of it
	 */
	Result commitSync(Batch batch, Duration timeout) {
		if (batch.isEmpty()) {
			return Result.DONE;
		}
		long begun = this.ticker.nanos();
		this.lastSent = begun;
		Exception failure = null;
		try {
			this.kafka.commitSync(batch.offsets(), timeout);
		}
		catch (WakeupException ex) {
			return Result.WOKEN;
		}
		catch (InterruptException ex) {
			// As in a poll, which would come too late in a rebalance callback.
			Thread.interrupted();
			failure = ex;
		}
		catch (RuntimeException ex) {
			failure = ex;
		}
		return answered(batch, failure, begun);
	}

	private Result answered(Batch batch, @Nullable Exception failure, long begun) {
		this.telemetry.commitDone(this.ticker.nanos() - begun, failure == null);
		if (failure == null) {
			this.lease.roundTrip(begun);
			this.unexpected.gone();
			if (this.warned) {
				this.warned = false;
				logger.info("Commits of {} succeed again", this.settings.name());
			}
			batch.points().forEach((commit) -> this.assignment.acknowledged(commit.progress(), commit.point()));
			return Result.DONE;
		}
		this.notBefore = this.ticker.nanos() + RETRY_NANOS;
		if (isOfMembership(failure)) {
			// Another generation, or only a stale epoch: the next poll tells whether the
			// partitions are still ours.
			logger.debug("Commit of {} has to wait for a poll", this.settings.name(), failure);
			return Result.POLL_FIRST;
		}
		if (failure instanceof RetriableException || failure instanceof InterruptException) {
			warn(failure);
			this.topics.commitFailed(failure);
			return Result.AGAIN;
		}
		if (this.unexpected.isPassing(failure)) {
			warn(failure);
			return Result.AGAIN;
		}
		this.refusal = failure;
		return Result.REFUSED;
	}

	/**
	 * Whether a commit failed because the member is not, or not yet again, what the
	 * coordinator takes it for. Asynchronous commits under KIP-848 fail with the bare
	 * errors, a stale epoch in every rebalance; all others with Kafka's exceptions for
	 * them.
	 */
	static boolean isOfMembership(Exception failure) {
		return failure instanceof CommitFailedException || failure instanceof RebalanceInProgressException
				|| failure instanceof StaleMemberEpochException || failure instanceof FencedMemberEpochException
				|| failure instanceof UnknownMemberIdException || failure instanceof IllegalGenerationException;
	}

	/**
	 * Once until a commit succeeds: there are several attempts a second.
	 */
	private void warn(Exception failure) {
		if (this.warned) {
			logger.debug("Commit of {} will be tried again", this.settings.name(), failure);
		}
		else {
			this.warned = true;
			logger.warn("Commit of {} will be tried again until it succeeds: {}", this.settings.name(),
					failure.toString());
		}
	}

	/**
	 * What came of a commit.
	 */
	enum Result {

		/** Acknowledged, or there was nothing to commit. */
		DONE,

		/** A wakeup was in the way: try again at once. */
		WOKEN,

		/** Try again after a pause. */
		AGAIN,

		/** Try again after a poll, where the partitions are then still assigned. */
		POLL_FIRST,

		/** Trying again does not help. */
		REFUSED

	}

	/**
	 * One commit.
	 *
	 * @param points partitions and how far
	 * @param offsets the same for Kafka
	 */
	record Batch(List<Commit> points, Map<TopicPartition, OffsetAndMetadata> offsets) {

		Batch() {
			this(new ArrayList<>(), new HashMap<>());
		}

		private void add(PartitionProgress progress, Point point) {
			this.points.add(new Commit(progress, point));
			this.offsets.put(progress.topicPartition(), new OffsetAndMetadata(point.offset(), point.epoch(), ""));
		}

		boolean isEmpty() {
			return this.points.isEmpty();
		}

		/**
		 * Whether messages are waiting for this commit, not only offsets without
		 * messages.
		 * @return {@code true} where there are some
		 */
		boolean hasMessages() {
			for (Commit commit : this.points) {
				if (commit.point().count() > commit.progress().committedCount()) {
					return true;
				}
			}
			return false;
		}

	}

	/**
	 * How far one partition is committed.
	 *
	 * @param progress the partition
	 * @param point how far
	 */
	record Commit(PartitionProgress progress, Point point) {
	}

}
