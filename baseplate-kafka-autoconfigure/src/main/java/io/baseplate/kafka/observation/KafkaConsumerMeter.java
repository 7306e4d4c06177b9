package io.baseplate.kafka.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * The meters of a consumer. The first three are those of baseplate.py: scraped as
 * Prometheus text they have its names, labels and buckets.
 */
public enum KafkaConsumerMeter implements MeterDocumentation {

	/**
	 * How long messages were in the hands of a handler, unpacking included. In Prometheus
	 * {@code kafka_consumer_message_processing_time_seconds}, with the buckets .0001
	 * .0005 .001 .0025 .005 .01 .025 .05 .1 .25 .5 1 5 15 30.
	 */
	PROCESSING_TIME("kafka.consumer.message.processing.time", Meter.Type.TIMER,
			"latency histogram of how long it takes to process a message", SharedKey.CLIENT_NAME, SharedKey.TOPIC,
			SharedKey.SUCCESS),

	/**
	 * Messages that handlers are done with. In Prometheus
	 * {@code kafka_consumer_messages_processed_total}.
	 */
	PROCESSED("kafka.consumer.messages.processed", Meter.Type.COUNTER, "total count of messages processed by this host",
			SharedKey.CLIENT_NAME, SharedKey.TOPIC, SharedKey.SUCCESS),

	/**
	 * Messages in the hands of handlers now. In Prometheus
	 * {@code kafka_consumer_active_messages}.
	 */
	ACTIVE("kafka.consumer.active.messages", Meter.Type.GAUGE,
			"gauge that reflects the number of messages currently being processed", SharedKey.CLIENT_NAME,
			SharedKey.TOPIC),

	/**
	 * Messages skipped because their body could not be unpacked.
	 */
	INVALID("baseplate.kafka.invalid.messages", Meter.Type.COUNTER,
			"messages skipped because their body could not be unpacked", ConsumerKey.CONSUMER),

	/**
	 * Time from {@code endpoint_timestamp} in the body to the handler, of messages that
	 * were handled; 0 where the timestamp lies in the future.
	 */
	LATENCY("baseplate.kafka.message.latency", Meter.Type.TIMER,
			"time from endpoint_timestamp in the message to its handler", ConsumerKey.CONSUMER),

	/**
	 * The highest offset handled, for each assigned partition.
	 */
	LAST_HANDLED_OFFSET("baseplate.kafka.last.handled.offset", Meter.Type.GAUGE, "highest offset handled",
			ConsumerKey.CONSUMER, ConsumerKey.TOPIC, ConsumerKey.PARTITION),

	/**
	 * Messages between the committed offset and the end, for each assigned partition.
	 */
	LAG("baseplate.kafka.lag", Meter.Type.GAUGE,
			"messages between the committed offset and the end of the partition as last fetched", ConsumerKey.CONSUMER,
			ConsumerKey.TOPIC, ConsumerKey.PARTITION),

	/**
	 * Messages read and not yet handed over.
	 */
	QUEUE_DEPTH("baseplate.kafka.queue.depth", Meter.Type.GAUGE, "messages read and not yet handed over",
			ConsumerKey.CONSUMER),

	/**
	 * Commits that the brokers acknowledged.
	 */
	COMMITS("baseplate.kafka.commits", Meter.Type.COUNTER, "acknowledged commits", ConsumerKey.CONSUMER),

	/**
	 * Commits that failed, each attempt.
	 */
	COMMIT_FAILURES("baseplate.kafka.commit.failures", Meter.Type.COUNTER, "failed attempts to commit",
			ConsumerKey.CONSUMER),

	/**
	 * How long commits took, acknowledged or failed.
	 */
	COMMIT_TIME("baseplate.kafka.commit.time", Meter.Type.TIMER, "time until a commit was answered or failed",
			ConsumerKey.CONSUMER),

	/**
	 * Times that partitions were assigned, or revoked or lost, but for those given up by
	 * closing.
	 */
	REBALANCES("baseplate.kafka.rebalances", Meter.Type.COUNTER, "times that partitions were assigned or taken away",
			ConsumerKey.CONSUMER);

	private final String meterName;

	private final Meter.Type type;

	private final String description;

	@SuppressWarnings("ImmutableEnumChecker") // Never handed out.
	private final KeyName[] keys;

	KafkaConsumerMeter(String meterName, Meter.Type type, String description, KeyName... keys) {
		this.meterName = meterName;
		this.type = type;
		this.description = description;
		this.keys = keys;
	}

	@Override
	public String getName() {
		return this.meterName;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.keys.clone();
	}

	/**
	 * What the meter says, as Prometheus' help text.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * Keys of baseplate.py's meters. Consumers with equal values share a meter.
	 */
	public enum SharedKey implements KeyName {

		/**
		 * The {@code client-name} of the consumer, empty by default.
		 */
		CLIENT_NAME("kafka.client.name"),

		/**
		 * The topic of the message.
		 */
		TOPIC("kafka.topic"),

		/**
		 * {@code false} for invalid messages and failed handlers, else {@code true}.
		 */
		SUCCESS("kafka.success");

		private final String key;

		SharedKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys of all other meters.
	 */
	public enum ConsumerKey implements KeyName {

		/**
		 * The consumer's name, {@code kafka_consumer.{group_name}}.
		 */
		CONSUMER("consumer"),

		/**
		 * A topic.
		 */
		TOPIC("topic"),

		/**
		 * The number of a partition.
		 */
		PARTITION("partition");

		private final String key;

		ConsumerKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
