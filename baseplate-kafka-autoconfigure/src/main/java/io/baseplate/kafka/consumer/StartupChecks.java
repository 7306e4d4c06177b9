package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import io.baseplate.kafka.consumer.ConsumerStartException.Reason;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers, before a consumer joins its group, what would stop it later: whether
 * they answer, whether the topics exist, and whether it may read them and the group. Runs
 * on the thread that owns the client, which is the reader's.
 * <p>
 * The metadata must come within {@value #METADATA_SECONDS} s in all, as in baseplate.py
 * ({@code consumer.list_topics(timeout=10)}), whose messages these are. Committed offsets
 * get {@value #OFFSETS_SECONDS} s more, because a cluster that has just started may have
 * to make the topic that holds them.
 */
final class StartupChecks {

	static final int METADATA_SECONDS = 10;

	static final int OFFSETS_SECONDS = 30;

	private static final Logger logger = LoggerFactory.getLogger(StartupChecks.class);

	private final Consumer<byte[], byte[]> consumer;

	private final ConsumerSettings settings;

	private final LongSupplier nanoTime;

	StartupChecks(Consumer<byte[], byte[]> consumer, ConsumerSettings settings) {
		this(consumer, settings, System::nanoTime);
	}

	StartupChecks(Consumer<byte[], byte[]> consumer, ConsumerSettings settings, LongSupplier nanoTime) {
		this.consumer = consumer;
		this.settings = settings;
		this.nanoTime = nanoTime;
	}

	/**
	 * Run the checks. A wakeup of the client or an interrupt of the thread ends them with
	 * Kafka's exception for it.
	 * @return the topics that do not exist, empty where that fails the start
	 * @throws ConsumerStartException where the consumer cannot work
	 * @throws WakeupException where the client was woken up
	 * @throws InterruptException where the thread was interrupted
	 */
	Set<String> run() {
		try {
			Set<TopicPartition> partitions = new HashSet<>();
			Set<String> missing = findTopics(partitions);
			readCommittedOffsets(partitions);
			return missing;
		}
		catch (WakeupException | InterruptException | ConsumerStartException ex) {
			throw ex;
		}
		catch (AuthenticationException ex) {
			throw failure(Reason.AUTHENTICATION, "the brokers at " + this.settings.bootstrapServers()
					+ " refused the credentials: " + ex.getMessage(), ex);
		}
		catch (AuthorizationException ex) {
			throw failure(Reason.AUTHORIZATION, "the brokers refused group '" + this.settings.groupId()
					+ "' or the topics " + this.settings.topics() + ": " + ex.getMessage(), ex);
		}
		catch (KafkaException ex) {
			throw failure(Reason.OTHER, "the start-up check failed: " + ex.getMessage(), ex);
		}
	}

	static ConsumerStartException noMetadata(ConsumerSettings settings, RuntimeException cause) {
		return new ConsumerStartException(settings.name(), Reason.NO_METADATA,
				"failed getting metadata from " + settings.bootstrapServers(), cause);
	}

	private Set<String> findTopics(Set<TopicPartition> partitions) {
		long deadline = this.nanoTime.getAsLong() + Duration.ofSeconds(METADATA_SECONDS).toNanos();
		Set<String> missing = new LinkedHashSet<>();
		for (String topic : this.settings.topics()) {
			long remaining = Math.max(0, deadline - this.nanoTime.getAsLong());
			List<PartitionInfo> found = partitionsOf(topic, Duration.ofNanos(remaining));
			found.forEach((info) -> partitions.add(new TopicPartition(topic, info.partition())));
			if (found.isEmpty()) {
				missing.add(topic);
			}
		}
		if (!missing.isEmpty()) {
			report(missing);
		}
		return missing;
	}

	private List<PartitionInfo> partitionsOf(String topic, Duration timeout) {
		try {
			return this.consumer.partitionsFor(topic, timeout);
		}
		catch (InvalidTopicException ex) {
			throw failure(Reason.INVALID_TOPIC, "'" + topic + "' is no valid topic name", ex);
		}
		catch (TimeoutException ex) {
			throw noMetadata(this.settings, ex);
		}
	}

	private void report(Set<String> missing) {
		String problem = missing.stream()
			.map((topic) -> "topic '" + topic
					+ "' does not exist. maybe it's misspelled or on a different kafka cluster?")
			.collect(Collectors.joining(" "));
		if (this.settings.missingTopicsFail()) {
			throw failure(Reason.MISSING_TOPIC, problem, null);
		}
		logger.warn("Consumer '{}': {}", this.settings.name(), problem);
	}

	/**
	 * Only to see whether that is allowed. Where no topic exists, a partition that does
	 * not exist either serves: without any the client would not ask.
	 */
	private void readCommittedOffsets(Set<TopicPartition> partitions) {
		Set<TopicPartition> asked = !partitions.isEmpty() ? partitions
				: Set.of(new TopicPartition(this.settings.topics().get(0), 0));
		try {
			this.consumer.committed(asked, Duration.ofSeconds(OFFSETS_SECONDS));
		}
		catch (TimeoutException ex) {
			throw failure(Reason.NO_METADATA, "failed getting the committed offsets of group '"
					+ this.settings.groupId() + "' from " + this.settings.bootstrapServers(), ex);
		}
	}

	private ConsumerStartException failure(Reason reason, String problem, @Nullable Throwable cause) {
		return new ConsumerStartException(this.settings.name(), reason, problem, cause);
	}

}
