package io.baseplate.kafka.observation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.baseplate.kafka.observation.KafkaConsumerObservation.HandlerHighCardinalityKey;
import io.baseplate.kafka.observation.KafkaConsumerObservation.HandlerLowCardinalityKey;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The tags of a message's span, those of baseplate.py.
 */
final class MessageTags {

	static final String KIND = "consumer";

	/**
	 * By topic: the consumers of an application read a handful.
	 */
	private static final Map<String, KeyValues> lowCardinality = new ConcurrentHashMap<>();

	private MessageTags() {
	}

	static KeyValues lowCardinality(String topic) {
		KeyValues tags = lowCardinality.get(topic);
		return (tags != null) ? tags : lowCardinality.computeIfAbsent(topic, (name) -> KeyValues
			.of(HandlerLowCardinalityKey.KIND.withValue(KIND), HandlerLowCardinalityKey.TOPIC.withValue(name)));
	}

	static KeyValues highCardinality(ConsumerRecord<byte[], byte[]> message) {
		KeyValue partition = HandlerHighCardinalityKey.PARTITION.withValue(Integer.toString(message.partition()));
		KeyValue offset = HandlerHighCardinalityKey.OFFSET.withValue(Long.toString(message.offset()));
		KeyValue timestamp = HandlerHighCardinalityKey.TIMESTAMP.withValue(Long.toString(message.timestamp()));
		String key = KeyText.of(message.key());
		return (key != null) ? KeyValues.of(partition, offset, timestamp, HandlerHighCardinalityKey.KEY.withValue(key))
				: KeyValues.of(partition, offset, timestamp);
	}

}
