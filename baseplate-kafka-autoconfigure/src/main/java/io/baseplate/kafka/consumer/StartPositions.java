package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles where newly assigned partitions begin. A partition without a committed offset
 * gets its start position committed before its first message is read: with
 * {@code auto.offset.reset=latest}, a crash before the first commit would otherwise skip
 * what was read. Until it is settled nothing is read of a partition. Reader thread.
 */
final class StartPositions {

	private static final Logger logger = LoggerFactory.getLogger(StartPositions.class);

	private static final Duration ATTEMPT = Duration.ofSeconds(1);

	private static final long RETRY_NANOS = Duration.ofMillis(50).toNanos();

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
			this.parts.poller().beforeCommit();
			attempt(new HashSet<>(this.parts.assignment().fresh()));
			this.retrying = false;
		}
		catch (WakeupException ex) {
			return false;
		}
		catch (RetriableException | CommitFailedException | RebalanceInProgressException | InterruptException ex) {
			logger.debug("Start positions of {} are not settled yet", this.parts.settings().name(), ex);
			this.retrying = true;
			this.notBefore = this.parts.ticker().nanos() + RETRY_NANOS;
		}
		return this.parts.assignment().fresh().isEmpty();
	}

	private void attempt(Set<TopicPartition> partitions) {
		Consumer<byte[], byte[]> kafka = this.parts.kafka();
		Map<TopicPartition, OffsetAndMetadata> committed = kafka.committed(partitions, ATTEMPT);
		Map<TopicPartition, Long> positions = new HashMap<>();
		Map<TopicPartition, OffsetAndMetadata> missing = new HashMap<>();
		for (TopicPartition partition : partitions) {
			long position = kafka.position(partition, ATTEMPT);
			positions.put(partition, position);
			if (committed.get(partition) == null) {
				missing.put(partition, new OffsetAndMetadata(position));
			}
		}
		if (!missing.isEmpty()) {
			kafka.commitSync(missing, ATTEMPT);
		}
		positions.forEach((partition, position) -> {
			OffsetAndMetadata known = committed.get(partition);
			PartitionProgress progress = this.parts.assignment().get(partition);
			if (progress != null) {
				progress.begin(position, (known != null) ? known.leaderEpoch() : Optional.empty(),
						(known != null) ? known.offset() : position);
			}
		});
		this.parts.assignment().fresh().removeAll(partitions);
	}

}
