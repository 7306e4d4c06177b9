package io.baseplate.kafka.observation;

import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Names and tags of OpenTelemetry's semantic conventions for messaging and Kafka (of
 * status "Development", since their version 1.27): a span {@code process {topic}} with
 * {@code messaging.*} attributes. The meters that are made of the observation are named
 * after the conventions' metric {@code messaging.process.duration}. To use it, make it a
 * bean.
 */
public class OpenTelemetryMessageObservationConvention implements MessageObservationConvention {

	private static final String OPERATION = "process";

	@Override
	public String getName() {
		return "messaging.process.duration";
	}

	@Override
	public String getContextualName(MessageObservationContext context) {
		return OPERATION + " " + context.getMessage().topic();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(MessageObservationContext context) {
		return KeyValues.of(LowCardinalityKey.SYSTEM.withValue("kafka"),
				LowCardinalityKey.OPERATION_NAME.withValue(OPERATION),
				LowCardinalityKey.OPERATION_TYPE.withValue(OPERATION),
				LowCardinalityKey.DESTINATION_NAME.withValue(context.getMessage().topic()),
				LowCardinalityKey.CONSUMER_GROUP_NAME.withValue(context.getGroupId()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(MessageObservationContext context) {
		ConsumerRecord<byte[], byte[]> message = context.getMessage();
		KeyValues tags = KeyValues.of(HighCardinalityKey.PARTITION_ID.withValue(Integer.toString(message.partition())),
				HighCardinalityKey.OFFSET.withValue(Long.toString(message.offset())));
		String key = context.getKeyAsText();
		if (key != null) {
			tags = tags.and(HighCardinalityKey.MESSAGE_KEY.withValue(key));
		}
		if (message.value() == null) {
			tags = tags.and(HighCardinalityKey.TOMBSTONE.withValue("true"));
		}
		Throwable error = context.getError();
		if (error != null) {
			tags = tags.and(HighCardinalityKey.ERROR_TYPE.withValue(error.getClass().getName()));
		}
		return tags;
	}

	/**
	 * Keys that tag both the span and the meters.
	 */
	public enum LowCardinalityKey implements KeyName {

		/**
		 * Always {@code kafka}.
		 */
		SYSTEM("messaging.system"),

		/**
		 * Always {@code process}.
		 */
		OPERATION_NAME("messaging.operation.name"),

		/**
		 * Always {@code process}.
		 */
		OPERATION_TYPE("messaging.operation.type"),

		/**
		 * The topic of the message.
		 */
		DESTINATION_NAME("messaging.destination.name"),

		/**
		 * The Kafka consumer group.
		 */
		CONSUMER_GROUP_NAME("messaging.consumer.group.name");

		private final String key;

		LowCardinalityKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys that tag the span alone.
	 */
	public enum HighCardinalityKey implements KeyName {

		/**
		 * The partition of the message.
		 */
		PARTITION_ID("messaging.destination.partition.id"),

		/**
		 * The offset of the message.
		 */
		OFFSET("messaging.kafka.offset"),

		/**
		 * The key of the message as UTF-8, in hex where it is not UTF-8; absent where the
		 * message has none.
		 */
		MESSAGE_KEY("messaging.kafka.message.key"),

		/**
		 * {@code true} where the message has no body; absent otherwise.
		 */
		TOMBSTONE("messaging.kafka.message.tombstone"),

		/**
		 * The type of the exception that the message ended with; absent otherwise.
		 */
		ERROR_TYPE("error.type");

		private final String key;

		HighCardinalityKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
