package io.baseplate.kafka.chaos.process;

import java.nio.ByteBuffer;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A message as the brokers hold it.
 *
 * @param partition its partition
 * @param offset its offset
 * @param id the id that {@link Load} gave it, -1 where it is of another origin
 * @param valid whether its body can be unpacked
 */
public record StoredMessage(int partition, long offset, long id, boolean valid) {

	/**
	 * Name of the header with the id, so that a message with a broken body has one too.
	 */
	static final String ID_HEADER = "chaos-id";

	static StoredMessage of(ConsumerRecord<byte[], byte[]> record) {
		Header id = record.headers().lastHeader(ID_HEADER);
		byte[] body = record.value();
		return new StoredMessage(record.partition(), record.offset(),
				(id != null) ? ByteBuffer.wrap(id.value()).getLong() : -1,
				body != null && body.length > 0 && body[0] == '{');
	}

}
