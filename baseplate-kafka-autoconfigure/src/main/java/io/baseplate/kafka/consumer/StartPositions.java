package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles where newly assigned partitions begin. A partition without a committed offset
 * gets its start position committed before its first message is read: with
 * {@code auto.offset.reset=latest}, a crash before the first commit would otherwise skip
 * what was read. Until it is settled nothing is read of a partition; one whose leader is
 * away does not keep the others waiting. Reader thread.
 * <p>
 * The client looks up committed offsets by itself, and the former owner's last commit may
 * arrive after that. So the committed offsets are asked for again once the client has its
 * positions, and where the two differ the client is moved: what is read begins at the
 * offset that this class believes in.
 */
final class StartPositions {

	private static final Logger logger = LoggerFactory.getLogger(StartPositions.class);

	private static final Duration ATTEMPT = Duration.ofSeconds(1);

	/**
	 * How long the first attempt waits for the client's positions. Later attempts only
	 * look, because polling goes on with the lookup.
	 */
	private static final Duration FIRST_LOOK = Duration.ofMillis(500);

	private static final Duration SHORTEST_WAIT = Duration.ofMillis(200);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

	/**
	 * From this wait on the reader need not hurry to be back.
	 */
	private static final Duration PATIENT_WAIT = Duration.ofSeconds(1);

	private final ReaderParts parts;

	private final @Nullable DurationReset durationReset;

	private final UnexpectedErrors unexpected;

	/**
	 * Of partitions that at least one attempt did not settle. A new assignment is another
	 * instance, and does not wait.
	 */
	private Map<PartitionProgress, Wait> waits = new HashMap<>();

	StartPositions(ReaderParts parts) {
		this.parts = parts;
		this.unexpected = new UnexpectedErrors(parts.ticker());
		Duration resetDuration = parts.settings().resetDuration();
		this.durationReset = (resetDuration != null) ? new DurationReset(resetDuration, parts.kafka(), parts.ticker())
				: null;
	}

	/**
	 * Settle what is not settled and was not tried just now, in one attempt.
	 * @return whether the reader may wait for messages: everything is settled, or what is
	 * not has been tried so often that it can wait for the reader
	 */
	boolean settle() {
		if (this.parts.assignment().fresh().isEmpty()) {
			this.waits.clear();
			return true;
		}
		if (!due().isEmpty()) {
			boolean slower = false;
			try {
				if (this.parts.poller().beforeCommit()) {
					slower = true;
					attempt(due());
					this.unexpected.gone();
				}
			}
			catch (WakeupException ex) {
				return false;
			}
			catch (KafkaException ex) {
				boolean ofMembership = OffsetCommitter.isOfMembership(ex);
				if (!ofMembership && !(ex instanceof RetriableException) && !(ex instanceof InterruptException)
						&& !this.unexpected.isPassing(ex)) {
					throw ex;
				}
				this.parts.topics().commitFailed(ex);
				logger.debug("Start positions of {} are not settled yet", this.parts.settings().name(), ex);
				// The next poll may help, and nobody was waited for.
				slower = !ofMembership;
			}
			postpone(slower);
		}
		return isPatient();
	}

	/**
	 * What is to be settled now.
	 */
	private Set<TopicPartition> due() {
		long now = this.parts.ticker().nanos();
		Set<TopicPartition> due = new HashSet<>();
		for (TopicPartition partition : this.parts.assignment().fresh()) {
			Wait wait = this.waits.get(this.parts.assignment().get(partition));
			if (wait == null || wait.isOver(now)) {
				due.add(partition);
			}
		}
		return due;
	}

	private void postpone(boolean slower) {
		long now = this.parts.ticker().nanos();
		Map<PartitionProgress, Wait> waits = new HashMap<>();
		for (TopicPartition partition : this.parts.assignment().fresh()) {
			PartitionProgress progress = this.parts.assignment().get(partition);
			if (progress != null) {
				Wait wait = this.waits.getOrDefault(progress, new Wait(now));
				waits.put(progress, wait.isOver(now) ? wait.next(now, slower) : wait);
			}
		}
		this.waits = waits;
	}

	private boolean isPatient() {
		for (TopicPartition partition : this.parts.assignment().fresh()) {
			Wait wait = this.waits.get(this.parts.assignment().get(partition));
			if (wait == null || wait.length().compareTo(PATIENT_WAIT) < 0) {
				return false;
			}
		}
		return true;
	}

	private void attempt(Set<TopicPartition> partitions) {
		Consumer<byte[], byte[]> kafka = this.parts.kafka();
		// In this order: what is committed is then not older than the client's position.
		Map<TopicPartition, Long> positions = positions(partitions);
		if (partitions.isEmpty()) {
			return;
		}
		Map<TopicPartition, OffsetAndMetadata> committed = kafka.committed(partitions, ATTEMPT);
		Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
		Map<TopicPartition, OffsetAndMetadata> missing = new HashMap<>();
		List<TopicPartition> unknown = new ArrayList<>();
		for (TopicPartition partition : partitions) {
			OffsetAndMetadata known = committed.get(partition);
			Long position = positions.get(partition);
			if (known != null) {
				if (moveTo(partition, position, known)) {
					starts.put(partition, known);
				}
			}
			else if (position != null) {
				missing.put(partition, new OffsetAndMetadata(position));
			}
			else {
				unknown.add(partition);
			}
		}
		if (this.durationReset != null && !unknown.isEmpty()) {
			this.durationReset.resolve(unknown).forEach((partition, start) -> {
				if (moveTo(partition, null, start)) {
					missing.put(partition, start);
				}
			});
		}
		if (!missing.isEmpty()) {
			kafka.commitSync(missing, ATTEMPT);
		}
		starts.putAll(missing);
		starts.forEach((partition, start) -> {
			PartitionProgress progress = this.parts.assignment().get(partition);
			if (progress != null) {
				progress.begin(start.offset(), start.leaderEpoch(), start.offset());
			}
		});
		this.parts.assignment().fresh().removeAll(starts.keySet());
	}

	/**
	 * Where the client would begin.
	 * @param partitions the partitions to look at; those that are not assigned any more
	 * are removed
	 * @return the positions that are known
	 */
	private Map<TopicPartition, Long> positions(Set<TopicPartition> partitions) {
		Map<TopicPartition, Long> positions = new HashMap<>();
		long until = this.parts.ticker().nanos();
		if (partitions.stream().anyMatch((partition) -> !isWaiting(partition))) {
			until += FIRST_LOOK.toNanos();
		}
		for (TopicPartition partition : List.copyOf(partitions)) {
			long left = Math.max(0, until - this.parts.ticker().nanos());
			try {
				positions.put(partition, this.parts.kafka().position(partition, Duration.ofNanos(left)));
			}
			catch (TimeoutException ex) {
				logger.debug("The start position of {} is not known yet", partition, ex);
			}
			catch (IllegalStateException ex) {
				// Not assigned any more: the next poll will say so.
				logger.debug("No start position of {}", partition, ex);
				partitions.remove(partition);
			}
		}
		return positions;
	}

	private boolean isWaiting(TopicPartition partition) {
		return this.waits.containsKey(this.parts.assignment().get(partition));
	}

	/**
	 * Make sure that the client begins at a place. What it has fetched from elsewhere it
	 * throws away.
	 * @return {@code false} where the partition is not assigned any more
	 */
	private boolean moveTo(TopicPartition partition, @Nullable Long position, OffsetAndMetadata start) {
		if (position != null && position == start.offset()) {
			return true;
		}
		try {
			this.parts.kafka().seek(partition, start);
		}
		catch (IllegalStateException ex) {
			logger.debug("No start position of {}", partition, ex);
			return false;
		}
		if (position != null) {
			logger.info("{} begins {} at {}, which was committed while the client was about to begin at {}",
					this.parts.settings().name(), partition, start.offset(), position);
		}
		return true;
	}

	/**
	 * The time between two attempts; doubles while attempts take the reader's time.
	 *
	 * @param until when the next attempt is due, in nanoseconds
	 * @param length how long that is after the last one
	 */
	private record Wait(long until, Duration length) {

		Wait(long now) {
			this(now, Duration.ZERO);
		}

		boolean isOver(long now) {
			return now - this.until >= 0;
		}

		Wait next(long now, boolean slower) {
			Duration next = this.length.isZero() ? SHORTEST_WAIT : slower ? this.length.multipliedBy(2) : this.length;
			Duration length = (next.compareTo(LONGEST_WAIT) < 0) ? next : LONGEST_WAIT;
			return new Wait(now + length.toNanos(), length);
		}

	}

}
