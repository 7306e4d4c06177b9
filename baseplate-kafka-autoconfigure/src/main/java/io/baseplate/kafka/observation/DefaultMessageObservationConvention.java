package io.baseplate.kafka.observation;

import io.micrometer.common.KeyValues;

/**
 * The names and tags of baseplate.py: a span {@code kafka_consumer.{group_name}.handler}
 * with {@link KafkaConsumerObservation.HandlerLowCardinalityKey} and
 * {@link KafkaConsumerObservation.HandlerHighCardinalityKey}. To be extended where only
 * some of it should change.
 */
public class DefaultMessageObservationConvention implements MessageObservationConvention {

	static final String NAME = "baseplate.kafka.handler";

	static final DefaultMessageObservationConvention INSTANCE = new DefaultMessageObservationConvention();

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public String getContextualName(MessageObservationContext context) {
		String name = context.getContextualName();
		return (name != null) ? name : KafkaConsumerObservation.HANDLER.spanName(context.getConsumerName());
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(MessageObservationContext context) {
		return MessageTags.lowCardinality(context.getMessage().topic());
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(MessageObservationContext context) {
		return context.highCardinalityTags();
	}

}
