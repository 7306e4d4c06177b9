package io.baseplate.kafka.consumer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;

import io.baseplate.kafka.MessageContext;
import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A {@link MessageContext} over Kafka's record.
 */
final class DefaultMessageContext implements MessageContext {

	private final ConsumerSettings settings;

	private final ConsumerRecord<byte[], byte[]> message;

	private final Observation observation;

	DefaultMessageContext(ConsumerSettings settings, ConsumerRecord<byte[], byte[]> message, Observation observation) {
		this.settings = settings;
		this.message = message;
		this.observation = observation;
	}

	@Override
	public String consumerName() {
		return this.settings.name();
	}

	@Override
	public String groupId() {
		return this.settings.groupId();
	}

	@Override
	public String topic() {
		return this.message.topic();
	}

	@Override
	public int partition() {
		return this.message.partition();
	}

	@Override
	public long offset() {
		return this.message.offset();
	}

	@Override
	public byte @Nullable [] key() {
		return this.message.key();
	}

	@Override
	public @Nullable String keyAsText() {
		byte[] key = key();
		return (key != null) ? text(key) : null;
	}

	@Override
	public Instant timestamp() {
		return Instant.ofEpochMilli(this.message.timestamp());
	}

	@Override
	public Headers headers() {
		return this.message.headers();
	}

	@Override
	public Observation observation() {
		return this.observation;
	}

	@Override
	public String toString() {
		return this.settings.name() + " " + topic() + "/" + partition() + "@" + offset();
	}

	private static String text(byte[] key) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
		}
		catch (CharacterCodingException ex) {
			return HexFormat.of().formatHex(key);
		}
	}

}
