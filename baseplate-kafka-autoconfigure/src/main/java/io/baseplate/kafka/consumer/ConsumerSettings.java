package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.Ordering;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the engine must know about one consumer, apart from the code that it
 * calls. Made with {@link #inOrder} or {@link #fast}; the defaults are those of the
 * properties {@code baseplate.kafka.*}.
 *
 * @param mode in order or fast
 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
 * @param groupId the Kafka consumer group, {@code {service_name}.{group_name}}
 * @param topics the topics to read, at least one
 * @param bootstrapServers the brokers, for messages only
 * @param commit when to commit
 * @param ordering which messages are handled one at a time and in order; none in order,
 * where all of a partition are
 * @param batchSize messages taken per read ({@code max.poll.records})
 * @param maxConcurrency number of handlers; 1 in order
 * @param maxUncommitted per partition, how far handing over may run ahead of the last
 * acknowledged commit
 * @param commitInterval for the strategies that commit periodically
 * @param stopTimeout within which stopping ends, whatever the handlers do
 * @param brokerAwayAfter silence of the brokers after which the status says so
 * @param onFailure what happens after a handler threw
 * @param restartInitial first wait of {@link OnFailure#RESTART}
 * @param restartMax longest wait of {@link OnFailure#RESTART}
 * @param missingTopicsFail whether a topic that does not exist fails the start-up
 * @param autoStartup whether the application starts the consumer by itself
 * @param clientName the metric label {@code kafka_client_name}
 * @param maxPollInterval the client's {@code max.poll.interval.ms}
 * @param sessionTimeout the session timeout that the engine assumes for its lease
 * @param resetDuration how far back the client begins with
 * {@code auto.offset.reset=by_duration}, {@code null} where it is set to something else
 */
public record ConsumerSettings(ConsumerMode mode, String name, String groupId, List<String> topics,
		String bootstrapServers, CommitStrategy commit, Ordering ordering, int batchSize, int maxConcurrency,
		int maxUncommitted, Duration commitInterval, Duration stopTimeout, Duration brokerAwayAfter,
		OnFailure onFailure, Duration restartInitial, Duration restartMax, boolean missingTopicsFail,
		boolean autoStartup, String clientName, Duration maxPollInterval, Duration sessionTimeout,
		@Nullable Duration resetDuration) {

	/**
	 * Default number of handlers of a fast consumer.
	 */
	public static final int DEFAULT_FAST_CONCURRENCY = 16;

	/**
	 * Default of {@code max-uncommitted}.
	 */
	public static final int DEFAULT_MAX_UNCOMMITTED = 10_000;

	/**
	 * More handlers than this are a mistake: they would take the heap, or the threads of
	 * the machine, before the first message came.
	 */
	public static final int MAX_CONCURRENCY_LIMIT = 10_000;

	/**
	 * Longer than this is a mistake, and further on would not fit into nanoseconds.
	 */
	private static final Duration LONGEST = Duration.ofDays(365);

	public ConsumerSettings {
		topics = List.copyOf(topics);
		if (topics.isEmpty() || topics.stream().anyMatch(String::isBlank)) {
			throw new ConsumerConfigurationException(name, "topics", topics.isEmpty() ? null : topics.toString(),
					topics.isEmpty() ? "no topic is named" : "a topic is empty",
					"name at least one topic, such as 'new_links'");
		}
		if (mode == ConsumerMode.IN_ORDER && maxConcurrency != 1) {
			throw new ConsumerConfigurationException(name, "max-concurrency", Integer.toString(maxConcurrency),
					"Can only run 1 message handler! An in-order consumer handles one message at a time",
					"remove max-concurrency, or set mode to fast");
		}
		if (commit.mode() != mode) {
			throw new ConsumerConfigurationException(name, "commit", label(commit),
					"it belongs to the mode " + label(commit.mode()) + ", and the consumer's mode is " + label(mode),
					(mode == ConsumerMode.IN_ORDER) ? "use each-message, continuous or interval"
							: "use read or processed");
		}
		if (mode == ConsumerMode.IN_ORDER && ordering != Ordering.NONE) {
			throw new ConsumerConfigurationException(name, "ordering", label(ordering),
					"it is for consumers of mode fast; an in-order consumer handles one message at a time, and those of "
							+ "a partition in their order, whatever their keys",
					"remove ordering, or set mode to fast");
		}
		atLeastOne(name, "batch-size", batchSize);
		atLeastOne(name, "max-concurrency", maxConcurrency);
		if (maxConcurrency > MAX_CONCURRENCY_LIMIT) {
			throw new ConsumerConfigurationException(name, "max-concurrency", Integer.toString(maxConcurrency),
					"it must be at most " + MAX_CONCURRENCY_LIMIT + ", for each handler is a thread of its own",
					"use " + MAX_CONCURRENCY_LIMIT + " or less");
		}
		atLeastOne(name, "max-uncommitted", maxUncommitted);
		duration(name, "commit-interval", commitInterval);
		duration(name, "stop-timeout", stopTimeout);
		duration(name, "broker-away-after", brokerAwayAfter);
		duration(name, "restart-backoff.initial", restartInitial);
		duration(name, "restart-backoff.max", restartMax);
		if (restartInitial.compareTo(restartMax) > 0) {
			throw new ConsumerConfigurationException(name, "restart-backoff.initial", restartInitial.toString(),
					"it is longer than restart-backoff.max, which is " + restartMax, "make it the shorter one");
		}
	}

	/**
	 * Begin the settings of an in-order consumer.
	 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param groupId the Kafka consumer group
	 * @param topics the topics to read
	 * @return a builder with the defaults of an in-order consumer
	 */
	public static Builder inOrder(String name, String groupId, Collection<String> topics) {
		return new Builder(ConsumerMode.IN_ORDER, name, groupId, topics);
	}

	/**
	 * Begin the settings of a fast consumer.
	 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param groupId the Kafka consumer group
	 * @param topics the topics to read
	 * @return a builder with the defaults of a fast consumer
	 */
	public static Builder fast(String name, String groupId, Collection<String> topics) {
		return new Builder(ConsumerMode.FAST, name, groupId, topics);
	}

	/**
	 * The {@code max.poll.records} that the consumer uses: its batch size, or
	 * {@code max-uncommitted} where that is less.
	 * @return the messages that one read takes at most
	 */
	public int maxPollRecords() {
		return Math.min(this.batchSize, this.maxUncommitted);
	}

	static ConsumerSettings require(ConsumerSettings settings, ConsumerMode mode) {
		if (settings.mode() != mode) {
			throw new IllegalArgumentException(
					"The settings of " + settings.name() + " are not of mode " + label(mode));
		}
		return settings;
	}

	private static void atLeastOne(String name, String property, int value) {
		if (value < 1) {
			throw new ConsumerConfigurationException(name, property, Integer.toString(value), "it must be at least 1",
					"use 1 or more");
		}
	}

	private static void duration(String name, String property, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new ConsumerConfigurationException(name, property, value.toString(), "it must be longer than nothing",
					"use a duration such as 5s");
		}
		if (value.compareTo(LONGEST) > 0) {
			throw new ConsumerConfigurationException(name, property, value.toString(),
					"it must be at most " + LONGEST.toDays() + " days", "use a duration such as 5s");
		}
	}

	static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Collects settings; what is not set has its default.
	 */
	public static final class Builder {

		private final ConsumerMode mode;

		private final String name;

		private final String groupId;

		private final List<String> topics;

		private String bootstrapServers = "";

		private CommitStrategy commit;

		private Ordering ordering = Ordering.NONE;

		private int batchSize = 1;

		private int maxConcurrency;

		private int maxUncommitted = DEFAULT_MAX_UNCOMMITTED;

		private Duration commitInterval = Duration.ofSeconds(5);

		private Duration stopTimeout = Duration.ofSeconds(25);

		private Duration brokerAwayAfter = Duration.ofSeconds(10);

		private OnFailure onFailure = OnFailure.STOP;

		private Duration restartInitial = Duration.ofSeconds(1);

		private Duration restartMax = Duration.ofSeconds(60);

		private boolean missingTopicsFail = true;

		private boolean autoStartup = true;

		private String clientName = "";

		private Duration maxPollInterval = Duration.ofMinutes(5);

		private Duration sessionTimeout = Duration.ofSeconds(10);

		private @Nullable Duration resetDuration;

		Builder(ConsumerMode mode, String name, String groupId, Collection<String> topics) {
			this.mode = mode;
			this.name = Objects.requireNonNull(name, "name");
			this.groupId = Objects.requireNonNull(groupId, "groupId");
			this.topics = new ArrayList<>(topics);
			this.commit = CommitStrategy.defaultFor(mode);
			this.maxConcurrency = (mode == ConsumerMode.IN_ORDER) ? 1 : DEFAULT_FAST_CONCURRENCY;
		}

		/**
		 * Name the brokers, for messages.
		 * @param bootstrapServers comma separated
		 * @return this
		 */
		public Builder bootstrapServers(String bootstrapServers) {
			this.bootstrapServers = bootstrapServers;
			return this;
		}

		/**
		 * Set when to commit.
		 * @param commit a strategy of the builder's mode
		 * @return this
		 */
		public Builder commit(CommitStrategy commit) {
			this.commit = commit;
			return this;
		}

		/**
		 * Set which messages are handled one at a time and in order.
		 * @param ordering {@link Ordering#NONE} by default, and always for an in-order
		 * consumer
		 * @return this
		 */
		public Builder ordering(Ordering ordering) {
			this.ordering = ordering;
			return this;
		}

		/**
		 * Set how many messages the reader takes per read.
		 * @param batchSize 1 by default
		 * @return this
		 */
		public Builder batchSize(int batchSize) {
			this.batchSize = batchSize;
			return this;
		}

		/**
		 * Set the number of handlers.
		 * @param maxConcurrency 16 by default, and 1 always for an in-order consumer
		 * @return this
		 */
		public Builder maxConcurrency(int maxConcurrency) {
			this.maxConcurrency = maxConcurrency;
			return this;
		}

		/**
		 * Set how far handing over may run ahead of the last acknowledged commit.
		 * @param maxUncommitted messages per partition, 10,000 by default
		 * @return this
		 */
		public Builder maxUncommitted(int maxUncommitted) {
			this.maxUncommitted = maxUncommitted;
			return this;
		}

		/**
		 * Set the interval of the periodic strategies.
		 * @param commitInterval 5 s by default
		 * @return this
		 */
		public Builder commitInterval(Duration commitInterval) {
			this.commitInterval = commitInterval;
			return this;
		}

		/**
		 * Set the time within which stopping ends.
		 * @param stopTimeout 25 s by default
		 * @return this
		 */
		public Builder stopTimeout(Duration stopTimeout) {
			this.stopTimeout = stopTimeout;
			return this;
		}

		/**
		 * Set the silence after which the brokers count as away.
		 * @param brokerAwayAfter 10 s by default
		 * @return this
		 */
		public Builder brokerAwayAfter(Duration brokerAwayAfter) {
			this.brokerAwayAfter = brokerAwayAfter;
			return this;
		}

		/**
		 * Set what happens after a handler threw.
		 * @param onFailure {@link OnFailure#STOP} by default
		 * @return this
		 */
		public Builder onFailure(OnFailure onFailure) {
			this.onFailure = onFailure;
			return this;
		}

		/**
		 * Set the waits of {@link OnFailure#RESTART}.
		 * @param initial the first, 1 s by default; doubles each time
		 * @param max the longest, 60 s by default
		 * @return this
		 */
		public Builder restartBackoff(Duration initial, Duration max) {
			this.restartInitial = initial;
			this.restartMax = max;
			return this;
		}

		/**
		 * Set whether a topic that does not exist fails the start-up.
		 * @param missingTopicsFail true by default
		 * @return this
		 */
		public Builder missingTopicsFail(boolean missingTopicsFail) {
			this.missingTopicsFail = missingTopicsFail;
			return this;
		}

		/**
		 * Set whether the application starts the consumer by itself.
		 * @param autoStartup true by default
		 * @return this
		 */
		public Builder autoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
			return this;
		}

		/**
		 * Set the metric label {@code kafka_client_name}.
		 * @param clientName empty by default
		 * @return this
		 */
		public Builder clientName(String clientName) {
			this.clientName = clientName;
			return this;
		}

		/**
		 * Set the client's {@code max.poll.interval.ms}. The engine must know it; the
		 * client has to be configured alike.
		 * @param maxPollInterval 5 minutes by default
		 * @return this
		 */
		public Builder maxPollInterval(Duration maxPollInterval) {
			this.maxPollInterval = maxPollInterval;
			return this;
		}

		/**
		 * Set the client's session timeout. The engine must know it; the client (or, with
		 * KIP-848, the group) has to be configured alike.
		 * @param sessionTimeout 10 s by default
		 * @return this
		 */
		public Builder sessionTimeout(Duration sessionTimeout) {
			this.sessionTimeout = sessionTimeout;
			return this;
		}

		/**
		 * Set how far back the client begins where nothing is committed, with
		 * {@code auto.offset.reset=by_duration}. The engine must know it; the client has
		 * to be configured alike.
		 * @param resetDuration none by default
		 * @return this
		 */
		public Builder resetDuration(@Nullable Duration resetDuration) {
			this.resetDuration = resetDuration;
			return this;
		}

		/**
		 * Make the settings.
		 * @return the settings
		 * @throws ConsumerConfigurationException where they contradict each other
		 */
		public ConsumerSettings build() {
			return new ConsumerSettings(this.mode, this.name, this.groupId, this.topics, this.bootstrapServers,
					this.commit, this.ordering, this.batchSize, this.maxConcurrency, this.maxUncommitted,
					this.commitInterval, this.stopTimeout, this.brokerAwayAfter, this.onFailure, this.restartInitial,
					this.restartMax, this.missingTopicsFail, this.autoStartup, this.clientName, this.maxPollInterval,
					this.sessionTimeout, this.resetDuration);
		}

	}

}
