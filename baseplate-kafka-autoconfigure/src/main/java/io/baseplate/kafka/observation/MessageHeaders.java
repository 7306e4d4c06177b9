package io.baseplate.kafka.observation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.micrometer.observation.transport.Propagator.Getter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads the trace context of whoever sent a message. A header's name may occur several
 * times, of which the last counts, and its value may be {@code null}.
 */
final class MessageHeaders {

	static final Getter<ConsumerRecord<byte[], byte[]>> GETTER = new Getter<>() {

		@Override
		public @Nullable String get(ConsumerRecord<byte[], byte[]> message, String name) {
			return MessageHeaders.get(message, name);
		}

		@Override
		public Iterable<String> getAll(ConsumerRecord<byte[], byte[]> message, String name) {
			return MessageHeaders.getAll(message, name);
		}

	};

	private MessageHeaders() {
	}

	static @Nullable String get(@Nullable ConsumerRecord<byte[], byte[]> message, String name) {
		if (message == null) {
			return null;
		}
		Header header = message.headers().lastHeader(name);
		return (header != null) ? text(header) : null;
	}

	static Iterable<String> getAll(@Nullable ConsumerRecord<byte[], byte[]> message, String name) {
		List<String> values = new ArrayList<>(1);
		if (message != null) {
			for (Header header : message.headers().headers(name)) {
				String value = text(header);
				if (value != null) {
					values.add(value);
				}
			}
		}
		return values;
	}

	private static @Nullable String text(Header header) {
		byte[] value = header.value();
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : null;
	}

}
