package io.baseplate.kafka.observation;

import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The observations of a consumer. The contextual name names the span, as baseplate.py
 * does; the name names the meters that Spring Boot's
 * {@code DefaultMeterObservationHandler} makes of an observation: a timer {@code <name>}
 * and a long task timer {@code <name>.active}, tagged with the low cardinality keys
 * alone.
 */
public enum KafkaConsumerObservation implements ObservationDocumentation {

	/**
	 * A message in the hands of a handler: unpacking and the handler itself. The span's
	 * name is {@code kafka_consumer.{group_name}.handler}, its kind {@code CONSUMER}, its
	 * parent that of the message's headers.
	 */
	HANDLER {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultMessageObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return HandlerLowCardinalityKey.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HandlerHighCardinalityKey.values();
		}

	},

	/**
	 * The commit of one message ({@code commit: each-message}), a child of
	 * {@link #HANDLER} that begins when its parent has ended. The span's name is
	 * {@code kafka.commit}.
	 */
	COMMIT {

		@Override
		public String getName() {
			return "baseplate.kafka.message.commit";
		}

		@Override
		public String getContextualName() {
			return "kafka.commit";
		}

	},

	/**
	 * One read ({@code baseplate.kafka.observation.reader=true}): from asking for
	 * messages until they are on the work queue. The span's name is
	 * {@code kafka_consumer.{group_name}.pump}. Polls that bring nothing do not end it,
	 * for up to a minute.
	 */
	PUMP {

		@Override
		public String getName() {
			return "baseplate.kafka.pump";
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return PumpHighCardinalityKey.values();
		}

	},

	/**
	 * The part of {@link #PUMP} that waits for messages. The span's name is
	 * {@code kafka.consume}.
	 */
	CONSUME {

		@Override
		public String getName() {
			return "baseplate.kafka.pump.consume";
		}

		@Override
		public String getContextualName() {
			return "kafka.consume";
		}

	},

	/**
	 * The part of {@link #PUMP} that puts the messages on the work queue. The span's name
	 * is {@code kafka.work_queue_put}.
	 */
	WORK_QUEUE_PUT {

		@Override
		public String getName() {
			return "baseplate.kafka.pump.work.queue.put";
		}

		@Override
		public String getContextualName() {
			return "kafka.work_queue_put";
		}

	};

	/**
	 * The name of the span.
	 * @param consumerName the consumer's name, {@code kafka_consumer.{group_name}}
	 * @return the span's name
	 */
	String spanName(String consumerName) {
		String name = getContextualName();
		return (name != null) ? name : consumerName + "." + name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The name of the observation and so of its meters.
	 */
	String observationName() {
		String name = getName();
		return (name != null) ? name : DefaultMessageObservationConvention.NAME;
	}

	@Override
	public @Nullable String getContextualName() {
		return null;
	}

	/**
	 * Keys of {@link #HANDLER} that tag both the span and the meters.
	 */
	public enum HandlerLowCardinalityKey implements KeyName {

		/**
		 * Always {@code consumer}.
		 */
		KIND("kind"),

		/**
		 * The topic of the message.
		 */
		TOPIC("kafka.topic");

		private final String key;

		HandlerLowCardinalityKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys of {@link #HANDLER} that tag the span alone.
	 */
	public enum HandlerHighCardinalityKey implements KeyName {

		/**
		 * The key of the message as UTF-8, in hex where it is not UTF-8; absent where the
		 * message has none.
		 */
		KEY("kafka.key"),

		/**
		 * The partition of the message.
		 */
		PARTITION("kafka.partition"),

		/**
		 * The offset of the message.
		 */
		OFFSET("kafka.offset"),

		/**
		 * The timestamp of the message, in milliseconds since 1970.
		 */
		TIMESTAMP("kafka.timestamp"),

		/**
		 * {@code true} where the body could not be unpacked; absent otherwise.
		 */
		INVALID_MESSAGE("kafka.invalid_message");

		private final String key;

		HandlerHighCardinalityKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

	/**
	 * Keys of {@link #PUMP} that tag the span alone.
	 */
	public enum PumpHighCardinalityKey implements KeyName {

		/**
		 * How many messages came.
		 */
		MESSAGES("kafka.messages");

		private final String key;

		PumpHighCardinalityKey(String key) {
			this.key = key;
		}

		@Override
		public String asString() {
			return this.key;
		}

	}

}
