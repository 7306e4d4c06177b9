package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the reader looks after now and then: the lag of each partition, as the last fetch
 * told it, and whether the subscribed topics (still) exist. Reader thread.
 */
final class Housekeeping {

	private static final Logger logger = LoggerFactory.getLogger(Housekeeping.class);

	private static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private static final long TOPICS_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final Duration LOOKUP = Duration.ofSeconds(1);

	/**
	 * Of how many partitions the lag is asked for at once: under KIP-848 each answer
	 * comes from the client's own thread.
	 */
	private static final int LAGS = 100;

	private final ReaderParts parts;

	/**
	 * Whose turn it is; what has gone meanwhile does no harm.
	 */
	private Iterator<PartitionProgress> lags = Collections.emptyIterator();

	private long lagLooked;

	private long topicsLooked;

	Housekeeping(ReaderParts parts) {
		this.parts = parts;
		this.lagLooked = parts.ticker().nanos();
		this.topicsLooked = this.lagLooked;
	}

	/**
	 * Look after what is due.
	 */
	void run() {
		this.parts.topics().look();
		long now = this.parts.ticker().nanos();
		if (now - this.lagLooked >= LAG_NANOS) {
			this.lagLooked = now;
			lookAtLags();
			if (now - this.topicsLooked >= TOPICS_NANOS) {
				this.topicsLooked = now;
				lookForTopics();
			}
		}
	}

	/**
	 * Also moves the frontiers, which nobody else may have a reason to: under
	 * {@code read}, say, where everything is committed before it is handled.
	 */
	private void lookAtLags() {
		for (PartitionProgress progress : this.parts.assignment().owned().values()) {
			if (progress.position() < 0) {
				continue;
			}
			progress.advance();
			this.parts.positions().follow(progress);
		}
		int count = Math.min(LAGS, this.parts.assignment().owned().size());
		for (int i = 0; i < count; i++) {
			if (!this.lags.hasNext()) {
				this.lags = this.parts.assignment().owned().values().iterator();
			}
			lookAtLag(this.lags.next());
		}
	}

	private void lookAtLag(PartitionProgress progress) {
		if (progress.position() < 0) {
			return;
		}
		try {
			OptionalLong lag = this.parts.kafka().currentLag(progress.topicPartition());
			if (lag.isPresent()) {
				progress.endOffset(progress.position() + lag.getAsLong());
			}
		}
		catch (IllegalStateException ex) {
			// Not assigned any more: the next poll will say so.
			logger.debug("No lag of {}", progress.topicPartition(), ex);
		}
	}

	/**
	 * A topic of which this consumer has partitions exists, as far as the client knows;
	 * of the others the client is asked, which answers from its metadata where it can.
	 */
	private void lookForTopics() {
		for (String topic : this.parts.settings().topics()) {
			this.parts.topics().found(topic, !hasPartitions(topic) && isMissing(topic));
		}
	}

	private boolean hasPartitions(String topic) {
		return this.parts.assignment()
			.owned()
			.keySet()
			.stream()
			.anyMatch((owned) -> owned.topic().equals(topic) && !this.parts.assignment().gone().contains(owned));
	}

	private boolean isMissing(String topic) {
		try {
			List<PartitionInfo> partitions = this.parts.kafka().partitionsFor(topic, LOOKUP);
			if (partitions == null || partitions.isEmpty()) {
				return true;
			}
			// The client may remember a topic that was deleted.
			return this.parts.missingTopics().contains(topic) && !this.parts.topics().exists(topic);
		}
		catch (UnknownTopicOrPartitionException | InvalidTopicException ex) {
			return true;
		}
		catch (RetriableException | WakeupException ex) {
			return this.parts.missingTopics().contains(topic);
		}
		catch (KafkaException ex) {
			if (!UnexpectedErrors.isUnexpected(ex)) {
				throw ex;
			}
			return this.parts.missingTopics().contains(topic);
		}
	}

}
