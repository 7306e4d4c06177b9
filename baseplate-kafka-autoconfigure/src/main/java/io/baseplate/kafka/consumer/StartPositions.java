package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
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
 */
final class StartPositions {

	private static final Logger logger = LoggerFactory.getLogger(StartPositions.class);

	private static final Duration ATTEMPT = Duration.ofSeconds(1);

	/**
	 * Short, because the reader does nothing else meanwhile, and other partitions wait.
	 */
	private static final Duration NEXT_ATTEMPT = Duration.ofMillis(100);

	private static final long RETRY_NANOS = Duration.ofMillis(200).toNanos();

	private final ReaderParts parts;

	private boolean retrying;

	private long notBefore;

	StartPositions(ReaderParts parts) {
		this.parts = parts;
	}

	/**
	 * Settle what is not settled, in one attempt.
	 * @return whether everything is settled
	 */
	boolean settle() {
		if (this.parts.assignment().fresh().isEmpty()) {
			return true;
		}
		if (this.retrying && this.parts.ticker().nanos() - this.notBefore < 0) {
			return false;
		}
		try {
			if (this.parts.poller().beforeCommit()) {
				attempt(new HashSet<>(this.parts.assignment().fresh()));
			}
		}
		catch (WakeupException ex) {
			return false;
		}
		catch (KafkaException ex) {
			boolean passing = ex instanceof RetriableException || ex instanceof InterruptException;
			if (!passing && !OffsetCommitter.isOfMembership(ex)) {
				throw ex;
			}
			this.parts.topics().commitFailed(ex);
			logger.debug("Start positions of {} are not settled yet", this.parts.settings().name(), ex);
		}
		this.retrying = !this.parts.assignment().fresh().isEmpty();
		this.notBefore = this.parts.ticker().nanos() + RETRY_NANOS;
		return !this.retrying;
	}

	private void attempt(Set<TopicPartition> partitions) {
		Consumer<byte[], byte[]> kafka = this.parts.kafka();
		Map<TopicPartition, OffsetAndMetadata> committed = kafka.committed(partitions, ATTEMPT);
		Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
		Map<TopicPartition, OffsetAndMetadata> missing = new HashMap<>();
		long until = this.parts.ticker().nanos() + (this.retrying ? NEXT_ATTEMPT : ATTEMPT).toNanos();
		for (TopicPartition partition : partitions) {
			OffsetAndMetadata known = committed.get(partition);
			OffsetAndMetadata start = (known != null) ? known : resolve(partition, until);
			if (start != null) {
				starts.put(partition, start);
				if (known == null) {
					missing.put(partition, start);
				}
			}
		}
		if (!missing.isEmpty()) {
			kafka.commitSync(missing, ATTEMPT);
		}
		starts.forEach((partition, start) -> {
			PartitionProgress progress = this.parts.assignment().get(partition);
			if (progress != null) {
				progress.begin(start.offset(), start.leaderEpoch(), start.offset());
			}
		});
		this.parts.assignment().fresh().removeAll(starts.keySet());
	}

	/**
	 * Where {@code auto.offset.reset} lets a partition begin.
	 * @return the position, or {@code null} while its leader does not say
	 */
	private @Nullable OffsetAndMetadata resolve(TopicPartition partition, long until) {
		long left = Math.max(0, until - this.parts.ticker().nanos());
		try {
			return new OffsetAndMetadata(this.parts.kafka().position(partition, Duration.ofNanos(left)));
		}
		catch (TimeoutException ex) {
			logger.debug("The start position of {} is not known yet", partition, ex);
			return null;
		}
		catch (IllegalStateException ex) {
			// Not assigned any more: the next poll will say so.
			logger.debug("No start position of {}", partition, ex);
			return null;
		}
	}

}
