package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.baseplate.kafka.MessageUnpacker;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;

/**
 * The default unpacker: {@code byte[]} is the body as it is, {@code String} the body as
 * UTF-8 text, anything else JSON. A message without a body (a tombstone) cannot be
 * unpacked, except to {@code byte[]}, where it is {@code null}.
 */
final class BodyUnpacker implements MessageUnpacker {

	private final List<JsonUnpacker> json;

	/**
	 * Create a new instance.
	 * @param json the Jacksons that are there, the preferred one first
	 */
	BodyUnpacker(List<JsonUnpacker> json) {
		this.json = List.copyOf(json);
	}

	@Override
	public @Nullable Object unpack(ConsumerRecord<byte[], byte[]> message, Type type) throws Exception {
		byte[] body = message.value();
		if (type == byte[].class) {
			return body;
		}
		if (body == null) {
			throw new IllegalArgumentException("The message has no body");
		}
		return (type == String.class) ? text(body) : json(type).unpack(body, type);
	}

	/**
	 * Ask whether a type can be unpacked to at all. Without a JSON library nobody can
	 * tell.
	 * @param type the type of a payload parameter
	 * @return why not, or {@code null} where it can
	 */
	@Nullable String unbindable(Type type) {
		if (type == byte[].class || type == String.class || this.json.isEmpty()) {
			return null;
		}
		return json(type).unbindable(type);
	}

	private static String text(byte[] body) throws CharacterCodingException {
		return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
	}

	private JsonUnpacker json(Type type) {
		if (this.json.size() > 1) {
			Class<?> raw = (type instanceof Class<?> known) ? known : ResolvableType.forType(type).toClass();
			for (JsonUnpacker candidate : this.json) {
				if (candidate.owns(raw)) {
					return candidate;
				}
			}
		}
		if (this.json.isEmpty()) {
			throw new IllegalStateException("No JSON library is on the class path: add Jackson, or set 'unpacker'");
		}
		return this.json.get(0);
	}

	/**
	 * Look up a number in a payload.
	 * @param payload the payload
	 * @param name the name of the property
	 * @return the number, or {@code null}
	 */
	@Nullable Number number(Object payload, String name) {
		for (JsonUnpacker candidate : this.json) {
			Number number = candidate.number(payload, name);
			if (number != null) {
				return number;
			}
		}
		return null;
	}

}
