package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.baseplate.kafka.CommitStrategy;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which subscribed topics exist, and what becomes of assigned partitions whose topic was
 * deleted. Their commits fail for ever, in the client's eyes for a passing reason, and
 * those of all other partitions with them. So where a commit failed in a way that this
 * would explain, the brokers are asked, and what does not exist is let go: nothing more
 * of it is handed over, read or committed. It stays assigned until the group notices,
 * too. Where it exists again before that, it begins as if it had just been assigned.
 * Reader thread.
 */
final class TopicWatch {

	private static final Logger logger = LoggerFactory.getLogger(TopicWatch.class);

	private static final Duration LOOKUP = Duration.ofSeconds(1);

	/**
	 * Short, because the answer does not matter.
	 */
	private static final Duration PROMPT = Duration.ofMillis(200);

	/**
	 * From one question to the next while commits fail.
	 */
	private static final long OFTEN_NANOS = Duration.ofSeconds(1).toNanos();

	/**
	 * The same while nothing fails, or no broker answers.
	 */
	private static final long SELDOM_NANOS = Duration.ofSeconds(5).toNanos();

	private final ConsumerSettings settings;

	private final Consumer<byte[], byte[]> kafka;

	private final Assignment assignment;

	private final WorkQueue queue;

	private final Outcomes.Counts counts;

	private final Ticker ticker;

	private final Set<String> missing = ConcurrentHashMap.newKeySet();

	/**
	 * A commit failed as it does where a topic was deleted, and nobody was asked since.
	 */
	private boolean doubted;

	private long asked;

	/**
	 * How long not to ask again, whatever fails.
	 */
	private long pause;

	TopicWatch(ConsumerSettings settings, Consumer<byte[], byte[]> kafka, Assignment assignment, WorkQueue queue,
			Outcomes.Counts counts, Ticker ticker) {
		this.settings = settings;
		this.kafka = kafka;
		this.assignment = assignment;
		this.queue = queue;
		this.counts = counts;
		this.ticker = ticker;
		this.asked = ticker.nanos();
	}

	/**
	 * Subscribed topics that do not exist (any more). Any thread may look.
	 * @return the topics
	 */
	Set<String> missing() {
		return this.missing;
	}

	/**
	 * It was found out whether a subscribed topic exists.
	 * @param topic the topic
	 * @param isMissing whether it does not exist
	 */
	void found(String topic, boolean isMissing) {
		if (isMissing && this.missing.add(topic)) {
			logger.error("topic '{}' does not exist any more ({})", topic, this.settings.name());
		}
		else if (!isMissing && this.missing.remove(topic)) {
			logger.info("topic '{}' exists ({})", topic, this.settings.name());
		}
	}

	/**
	 * A commit failed and may be tried again. Of a deleted topic, an asynchronous commit
	 * says so, and a synchronous one, which the client repeats, perhaps only that its
	 * time is over.
	 * @param failure why
	 */
	void commitFailed(Exception failure) {
		boolean explained = failure instanceof TimeoutException;
		for (Throwable cause = failure; cause != null && !explained; cause = cause.getCause()) {
			explained = cause instanceof UnknownTopicOrPartitionException || cause instanceof UnknownTopicIdException;
		}
		this.doubted |= explained;
	}

	/**
	 * In a turn of the reader: let go of what does not exist any more, make the client
	 * notice it, and take back what exists again.
	 */
	void look() {
		Set<TopicPartition> gone = this.assignment.gone();
		if (gone.isEmpty() && !this.doubted) {
			return;
		}
		Set<TopicPartition> existing = ask(this.doubted ? this.pause : SELDOM_NANOS);
		if (existing == null) {
			return;
		}
		letGo(existing);
		Set<TopicPartition> back = new HashSet<>(gone);
		back.retainAll(existing);
		if (!back.isEmpty()) {
			takeBack(back);
		}
		if (!gone.isEmpty()) {
			prompt(gone);
		}
	}

	/**
	 * In a rebalance callback and in the stop, where a commit has failed: let go of what
	 * does not exist any more.
	 */
	void lookAfterFailure() {
		Set<TopicPartition> existing = this.doubted ? ask(this.pause) : null;
		if (existing != null) {
			letGo(existing);
		}
	}

	/**
	 * Ask the brokers for all partitions that exist, unless they were asked just now.
	 * Unlike the other questions of a consumer, this one is never answered from what the
	 * client remembers.
	 */
	private @Nullable Set<TopicPartition> ask(long pause) {
		if (this.ticker.nanos() - this.asked < pause) {
			return null;
		}
		Map<String, List<PartitionInfo>> topics;
		try {
			topics = listTopics();
		}
		catch (WakeupException ex) {
			return null;
		}
		this.asked = this.ticker.nanos();
		this.pause = (topics != null) ? OFTEN_NANOS : SELDOM_NANOS;
		this.doubted = false;
		if (topics == null) {
			return null;
		}
		Set<TopicPartition> existing = new HashSet<>();
		for (String topic : this.settings.topics()) {
			for (PartitionInfo partition : topics.getOrDefault(topic, List.of())) {
				existing.add(new TopicPartition(topic, partition.partition()));
			}
		}
		return existing;
	}

	/**
	 * All topics that this user may see. None at all is not believed: brokers that cannot
	 * tell what a user may do show nothing.
	 */
	private @Nullable Map<String, List<PartitionInfo>> listTopics() {
		try {
			Map<String, List<PartitionInfo>> topics = this.kafka.listTopics(LOOKUP);
			return topics.isEmpty() ? null : topics;
		}
		catch (WakeupException ex) {
			throw ex;
		}
		catch (KafkaException ex) {
			logger.debug("It is not known which topics exist ({})", this.settings.name(), ex);
			return null;
		}
	}

	/**
	 * Whether the brokers say that a topic exists.
	 * @param topic the topic
	 * @return {@code false} also where they do not answer
	 */
	boolean exists(String topic) {
		Map<String, List<PartitionInfo>> topics = listTopics();
		return topics != null && topics.containsKey(topic);
	}

	private void letGo(Set<TopicPartition> existing) {
		for (PartitionProgress progress : this.assignment.owned().values()) {
			TopicPartition partition = progress.topicPartition();
			if (existing.contains(partition) || this.assignment.gone().contains(partition)) {
				continue;
			}
			boolean finishes = this.settings.commit() == CommitStrategy.READ;
			int dropped = finishes ? 0 : this.queue.seal(progress);
			this.counts.dropped.add(dropped);
			this.assignment.letGo(progress);
			logger.warn("{}/{} does not exist any more: {} commits nothing more of it, and drops {} messages that were "
					+ "read", partition.topic(), partition.partition(), this.settings.name(), dropped);
			if (existing.stream().noneMatch((other) -> other.topic().equals(partition.topic()))) {
				found(partition.topic(), true);
			}
		}
	}

	/**
	 * As after an assignment: from the committed offset on, or else from the beginning of
	 * what is a new log.
	 */
	private void takeBack(Set<TopicPartition> partitions) {
		try {
			Map<TopicPartition, OffsetAndMetadata> committed = this.kafka.committed(partitions, LOOKUP);
			for (TopicPartition partition : partitions) {
				OffsetAndMetadata offset = committed.get(partition);
				if (offset != null) {
					this.kafka.seek(partition, offset);
				}
				else {
					this.kafka.seekToBeginning(Set.of(partition));
				}
				this.assignment.takeBack(partition);
				logger.warn("{}/{} exists again, and begins anew for {}", partition.topic(), partition.partition(),
						this.settings.name());
				found(partition.topic(), false);
			}
		}
		catch (KafkaException | IllegalStateException ex) {
			// Not assigned any more, which the next poll will say, or to be tried again.
			logger.debug("Partitions that exist again could not be taken back ({})", this.settings.name(), ex);
		}
	}

	/**
	 * Make the client ask for its metadata, which it does where a partition turns out not
	 * to exist: under {@code classic} the group then leaves it out.
	 */
	private void prompt(Set<TopicPartition> gone) {
		try {
			this.kafka.endOffsets(gone, PROMPT);
		}
		catch (KafkaException ex) {
			logger.debug("As expected, {} have no end ({})", gone, this.settings.name(), ex);
		}
	}

}
