package io.baseplate.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An immutable snapshot of one consumer, made without broker I/O. It serves the health
 * indicator, the metrics, and the user's {@link ConsumerHealthCheck}.
 *
 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
 * @param groupId the Kafka consumer group
 * @param mode the consumer's mode
 * @param commit the consumer's commit strategy
 * @param ordering which messages are handled one at a time and in order
 * @param topics the topics that the consumer reads
 * @param state the state
 * @param reason why the consumer is in its state, or {@code null} where it is there on
 * purpose
 * @param lastError the last failure, or {@code null} where there has been none
 * @param partitions the assigned partitions, ordered by topic and number
 * @param missingTopics subscribed topics that do not exist (any more)
 * @param sinceLastPoll time since the reader last polled, or {@code null} while it does
 * not
 * @param sinceBrokerContact time since a heartbeat response, a fetch or a commit last
 * came back, or {@code null} while there is no connection
 * @param maxPollInterval the client's {@code max.poll.interval.ms}
 * @param brokerAwayAfter the {@code broker-away-after} of this consumer
 * @param inFlight messages that handlers work on now
 * @param oldestInFlight age of the message that has been in flight longest, or
 * {@code null} where none is
 * @param queueDepth messages read and not yet handed over
 * @param readAheadBound what {@code queueDepth} plus {@code inFlight} can at most be
 * @param threadsAlive whether the reader and all handler threads are alive; {@code true}
 * while there should be none
 * @param totals what became of the messages read since the consumer was made
 */
public record ConsumerStatus(String name, String groupId, ConsumerMode mode, CommitStrategy commit, Ordering ordering,
		List<String> topics, ConsumerState state, @Nullable String reason, @Nullable Failure lastError,
		List<Partition> partitions, Set<String> missingTopics, @Nullable Duration sinceLastPoll,
		@Nullable Duration sinceBrokerContact, Duration maxPollInterval, Duration brokerAwayAfter, int inFlight,
		@Nullable Duration oldestInFlight, int queueDepth, int readAheadBound, boolean threadsAlive, Totals totals) {

	public ConsumerStatus {
		topics = List.copyOf(topics);
		partitions = List.copyOf(partitions);
		missingTopics = Set.copyOf(missingTopics);
	}

	/**
	 * One assigned partition.
	 *
	 * @param topicPartition which
	 * @param position the next offset that will be read, -1 while not known
	 * @param frontier up to which offset everything has been handled, -1 while not known
	 * @param committed the last acknowledged commit, -1 while not known
	 * @param lastHandled the highest offset handled, -1 where none was
	 * @param lag messages between the committed offset and the end of the partition as
	 * last fetched, -1 while not known
	 */
	public record Partition(TopicPartition topicPartition, long position, long frontier, long committed,
			long lastHandled, long lag) {
	}

	/**
	 * A failure, with the message that caused it where there is one.
	 *
	 * @param description what happened, without the message's body
	 * @param topicPartition the message's partition, or {@code null}
	 * @param offset the message's offset, or -1
	 * @param cause what was thrown, or {@code null}
	 */
	public record Failure(String description, @Nullable TopicPartition topicPartition, long offset,
			@Nullable Throwable cause) {
	}

	/**
	 * What became of the messages: once a consumer is stopped,
	 * {@code read = handled + invalid + failed + dropped + uncommitted}.
	 *
	 * @param read messages taken from Kafka
	 * @param handled handler returned
	 * @param invalid skipped because the body could not be unpacked
	 * @param failed handler threw
	 * @param dropped queued, and dropped because the partition was revoked or lost
	 * @param uncommitted queued or in flight, and left uncommitted by a stop
	 */
	public record Totals(long read, long handled, long invalid, long failed, long dropped, long uncommitted) {
	}

}
