package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the client is, where that is not where the last message left it: it goes
 * elsewhere by itself where its position is out of range, as {@code auto.offset.reset}
 * says, and does not tell as long as no message comes. What is committed must follow, or
 * whoever comes next would be out of range again and, with {@code latest}, skip what was
 * written since. Reader thread.
 */
final class ClientPositions {

	private static final Logger logger = LoggerFactory.getLogger(ClientPositions.class);

	private final ReaderParts parts;

	ClientPositions(ReaderParts parts) {
		this.parts = parts;
	}

	/**
	 * Follow the client forward and back. Between two polls: all that was returned has
	 * been taken.
	 * @param progress an assigned partition
	 */
	void follow(PartitionProgress progress) {
		long position = position(progress);
		if (position > progress.position()) {
			skip(progress, position);
		}
		else if (position >= 0 && position < progress.position()) {
			this.parts.assignment().touch(goBack(progress, position));
		}
	}

	/**
	 * Follow the client forward, before the last commits of partitions that will be given
	 * up.
	 * @param progresses assigned partitions
	 */
	void followForward(Collection<PartitionProgress> progresses) {
		for (PartitionProgress progress : progresses) {
			long position = position(progress);
			if (position > progress.position()) {
				skip(progress, position);
			}
		}
	}

	private long position(PartitionProgress progress) {
		TopicPartition partition = progress.topicPartition();
		if (progress.position() < 0 || this.parts.assignment().fresh().contains(partition)
				|| !this.parts.assignment().isCommittable(progress)) {
			return PartitionProgress.UNKNOWN;
		}
		try {
			return this.parts.kafka().position(partition, Duration.ZERO);
		}
		catch (KafkaException | IllegalStateException ex) {
			// It has none now, or is not assigned any more: the next poll will say so.
			logger.debug("No position of {}", partition, ex);
			return PartitionProgress.UNKNOWN;
		}
	}

	private void skip(PartitionProgress progress, long position) {
		logger.info("{} goes on at {} instead of {}, as the client's auto.offset.reset says ({})",
				progress.topicPartition(), position, progress.position(), this.parts.settings().name());
		progress.skipTo(position, Optional.empty());
		this.parts.assignment().touch(progress);
	}

	/**
	 * The client went back: what it reads is another log.
	 * @param progress the partition as it was
	 * @param position where it goes on
	 * @return the partition as it is from now on
	 */
	PartitionProgress goBack(PartitionProgress progress, long position) {
		logger.warn(
				"{} went back from {} to {}: a new incarnation of its log (topic created anew, truncated, or "
						+ "offset out of range). Commits of {} begin anew there",
				progress.topicPartition(), progress.position(), position, this.parts.settings().name());
		return this.parts.assignment().renew(progress, position);
	}

}
