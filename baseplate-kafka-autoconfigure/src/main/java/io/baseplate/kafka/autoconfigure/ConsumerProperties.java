package io.baseplate.kafka.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.Ordering;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of a consumer: under {@code baseplate.kafka.consumers.<group_name>} those of
 * one, under {@code baseplate.kafka} the defaults of all. What is not set is
 * {@code null}.
 *
 * @param bootstrapServers the Kafka brokers, comma separated; without, those of the
 * connection details bean, else the dev broker where it is on the classpath
 * @param mode in-order: one message at a time, in the order of each partition; fast: many
 * at once, in any order. Default: in-order
 * @param groupId the Kafka consumer group, which must look like
 * {service-name}.{group_name}. Default: just that
 * @param topics the topics to read, at least one. Default: those of the annotation
 * @param ordering which messages a fast consumer handles one at a time and in order: none
 * (default), key (those of one key in one partition) or partition (those of one
 * partition)
 * @param batchSize messages that the reader takes per read (max.poll.records). Default: 1
 * @param maxConcurrency number of handlers, at most 10000: 1 in order, which is fixed,
 * and 16 fast
 * @param maxUncommitted per partition, how many messages handing over may run ahead of
 * the last acknowledged commit. Default: 10000
 * @param brokerAwayAfter silence of the brokers after which health is DOWN. Default: 10s
 * @param stopTimeout time for stopping, handlers included; at most
 * spring.lifecycle.timeout-per-shutdown-phase less 2s. Default: 25s
 * @param commit when to commit. In order: each-message (default), continuous or interval;
 * fast: read (default) or processed
 * @param commitInterval for read, processed and interval. Default: 5s
 * @param onFailure what happens after a handler threw. Default: stop
 * @param breakLiveness whether an abnormal stop publishes LivenessState.BROKEN. Default:
 * true
 * @param restartBackoff the waits of on-failure: restart
 * @param unpacker bean name of the MessageUnpacker. Default: JSON
 * @param healthCheck bean name of a ConsumerHealthCheck. Default: none
 * @param clientName the metric label kafka_client_name. Default: empty
 * @param autoOffsetReset where to begin without a committed offset: latest, earliest,
 * by_duration:<ISO duration> or none. Default: latest
 * @param groupProtocol classic, or consumer (KIP-848). Default: classic
 * @param missingTopics what a topic that does not exist does to the start. Default: fail
 * @param autoStartup whether the application starts the consumer. Default: true
 * @param ssl the SSL bundle for the connection
 * @param properties raw settings of the Kafka client, which win over ours, except those
 * that would break the mode: these are refused
 */
@ConfigurationProperties("baseplate.kafka")
public record ConsumerProperties(@Nullable List<String> bootstrapServers, @Nullable ConsumerMode mode,
		@Nullable String groupId, @Nullable List<String> topics, @Nullable Ordering ordering,
		@Nullable Integer batchSize, @Nullable Integer maxConcurrency, @Nullable Integer maxUncommitted,
		@Nullable Duration brokerAwayAfter, @Nullable Duration stopTimeout, @Nullable CommitStrategy commit,
		@Nullable Duration commitInterval, @Nullable OnFailure onFailure, @Nullable Boolean breakLiveness,
		@Nullable RestartBackoff restartBackoff, @Nullable String unpacker, @Nullable String healthCheck,
		@Nullable String clientName, @Nullable String autoOffsetReset, @Nullable String groupProtocol,
		@Nullable MissingTopics missingTopics, @Nullable Boolean autoStartup, @Nullable Ssl ssl,
		@Nullable Map<String, String> properties) {

	static final ConsumerProperties NONE = new ConsumerProperties(null, null, null, null, null, null, null, null, null,
			null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

	/**
	 * The Kafka brokers, as Kafka's client takes them.
	 * @return the brokers, comma separated, or {@code null}
	 */
	@Nullable String servers() {
		return (this.bootstrapServers != null) ? String.join(",", this.bootstrapServers) : null;
	}

	/**
	 * These settings, and where one is not set that of the defaults.
	 * @param defaults the defaults
	 * @return the settings that hold
	 */
	ConsumerProperties orElse(ConsumerProperties defaults) {
		return new ConsumerProperties(either(this.bootstrapServers, defaults.bootstrapServers),
				either(this.mode, defaults.mode), either(this.groupId, defaults.groupId),
				either(this.topics, defaults.topics), either(this.ordering, defaults.ordering),
				either(this.batchSize, defaults.batchSize), either(this.maxConcurrency, defaults.maxConcurrency),
				either(this.maxUncommitted, defaults.maxUncommitted),
				either(this.brokerAwayAfter, defaults.brokerAwayAfter), either(this.stopTimeout, defaults.stopTimeout),
				either(this.commit, defaults.commit), either(this.commitInterval, defaults.commitInterval),
				either(this.onFailure, defaults.onFailure), either(this.breakLiveness, defaults.breakLiveness),
				both(this.restartBackoff, defaults.restartBackoff, RestartBackoff::orElse),
				either(this.unpacker, defaults.unpacker), either(this.healthCheck, defaults.healthCheck),
				either(this.clientName, defaults.clientName), either(this.autoOffsetReset, defaults.autoOffsetReset),
				either(this.groupProtocol, defaults.groupProtocol), either(this.missingTopics, defaults.missingTopics),
				either(this.autoStartup, defaults.autoStartup), either(this.ssl, defaults.ssl),
				both(this.properties, defaults.properties, ConsumerProperties::merge));
	}

	private static <T> @Nullable T either(@Nullable T own, @Nullable T other) {
		return (own != null) ? own : other;
	}

	private static <T> @Nullable T both(@Nullable T own, @Nullable T other, BinaryOperator<T> merge) {
		if (own != null && other != null) {
			return merge.apply(own, other);
		}
		return either(own, other);
	}

	private static Map<String, String> merge(Map<String, String> own, Map<String, String> other) {
		Map<String, String> merged = new LinkedHashMap<>(other);
		merged.putAll(own);
		return merged;
	}

	/**
	 * The waits of on-failure: restart.
	 *
	 * @param initial the first wait; it doubles each time. Default: 1s
	 * @param max the longest wait. Default: 60s
	 */
	public record RestartBackoff(@Nullable Duration initial, @Nullable Duration max) {

		RestartBackoff orElse(RestartBackoff defaults) {
			return new RestartBackoff(either(this.initial, defaults.initial), either(this.max, defaults.max));
		}

	}

	/**
	 * TLS.
	 *
	 * @param bundle name of the SSL bundle. Default: none
	 */
	public record Ssl(@Nullable String bundle) {
	}

	/**
	 * What a topic that does not exist does to the start.
	 */
	public enum MissingTopics {

		/** It fails the start. */
		FAIL,

		/** It is logged, and read as soon as it exists. */
		WARN

	}

}
