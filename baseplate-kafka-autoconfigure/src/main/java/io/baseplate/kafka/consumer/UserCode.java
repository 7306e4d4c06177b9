package io.baseplate.kafka.consumer;

import java.lang.reflect.Type;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.MessageUnpacker;
import org.jspecify.annotations.Nullable;

/**
 * The code of the user that a consumer calls: handler and unpacker on its handler
 * threads, the health check on the threads of those who ask.
 *
 * @param handler handles the message
 * @param unpacker unpacks the body
 * @param payloadType the type to unpack to, or {@code null} where the body is not
 * unpacked at all and the handler gets {@code null}
 * @param healthCheck the health check, or {@code null}
 */
public record UserCode(MessageHandler<?> handler, MessageUnpacker unpacker, @Nullable Type payloadType,
		@Nullable ConsumerHealthCheck healthCheck) {

	/**
	 * A handler of whole messages: the body is not unpacked, the handler gets
	 * {@code null} as data, and sees tombstones and anything else in the message.
	 * @param handler handles the message
	 * @return the code
	 */
	public static UserCode ofRecords(MessageHandler<?> handler) {
		return new UserCode(handler, (message, type) -> null, null, null);
	}

	/**
	 * A handler of unpacked bodies.
	 * @param handler handles the message
	 * @param payloadType the type to unpack to
	 * @param unpacker unpacks the body
	 * @param <T> the type to unpack to
	 * @return the code
	 */
	public static <T> UserCode of(MessageHandler<T> handler, Type payloadType, MessageUnpacker unpacker) {
		return new UserCode(handler, unpacker, payloadType, null);
	}

	/**
	 * The same code with another health check.
	 * @param healthCheck the health check, or {@code null} for none
	 * @return the code
	 */
	public UserCode withHealthCheck(@Nullable ConsumerHealthCheck healthCheck) {
		return new UserCode(this.handler, this.unpacker, this.payloadType, healthCheck);
	}

}
