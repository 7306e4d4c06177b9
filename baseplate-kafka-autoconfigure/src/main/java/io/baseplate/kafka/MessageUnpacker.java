package io.baseplate.kafka;

import java.lang.reflect.Type;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns a message's body into what the handler expects: the seed's
 * {@code message_unpack_fn}. JSON by default. Called on handler threads, side by side.
 */
@FunctionalInterface
public interface MessageUnpacker {

	/**
	 * Unpack a message's body.
	 * @param message the message as Kafka gave it; its value may be {@code null}
	 * @param type the type of the handler's payload parameter
	 * @return the payload
	 * @throws Exception where the body cannot be unpacked: the message is skipped as
	 * invalid, logged, counted and committed
	 */
	@Nullable Object unpack(ConsumerRecord<byte[], byte[]> message, Type type) throws Exception;

}
