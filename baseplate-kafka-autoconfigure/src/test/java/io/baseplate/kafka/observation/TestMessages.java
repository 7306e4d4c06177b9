package io.baseplate.kafka.observation;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * Messages to observe.
 */
final class TestMessages {

	static final long TIMESTAMP = 1_700_000_000_123L;

	private TestMessages() {
	}

	static ConsumerRecord<byte[], byte[]> message(String topic) {
		return message(topic, 3, 42, bytes("key_1"), new RecordHeaders());
	}

	static ConsumerRecord<byte[], byte[]> message(String topic, int partition, long offset, byte[] key,
			Headers headers) {
		return new ConsumerRecord<>(topic, partition, offset, TIMESTAMP, TimestampType.CREATE_TIME, -1, -1, key,
				bytes("{}"), headers, Optional.empty());
	}

	static ConsumerRecord<byte[], byte[]> tombstone(String topic) {
		return new ConsumerRecord<>(topic, 3, 42, TIMESTAMP, TimestampType.CREATE_TIME, -1, -1, null, null,
				new RecordHeaders(), Optional.empty());
	}

	static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
