package io.baseplate.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Handles one message: the seed's {@code handler_fn}. Called on a handler thread of the
 * consumer; in order one call at a time, fast up to {@code max-concurrency} calls side by
 * side.
 *
 * @param <T> the type of the unpacked body
 */
@FunctionalInterface
public interface MessageHandler<T> {

	/**
	 * Handle one message. Returning means that it is handled and may be committed.
	 * @param context what is known about the message
	 * @param data the unpacked body; {@code null} where the unpacker returned
	 * {@code null} or the consumer does not unpack
	 * @param message the message as Kafka gave it
	 * @throws Exception where the message could not be handled: it stays uncommitted, and
	 * the consumer goes the way of its {@link OnFailure}
	 */
	void handle(MessageContext context, @Nullable T data, ConsumerRecord<byte[], byte[]> message) throws Exception;

	/**
	 * A handler of messages that are handled when a {@code CompletionStage} completes.
	 * The handler thread waits for that, so that {@code max-concurrency} bounds how many
	 * are in flight; for very many, switch virtual threads on.
	 * @param handler begins with a message
	 * @param <T> the type of the unpacked body
	 * @return the handler
	 */
	static <T> MessageHandler<T> async(AsyncMessageHandler<T> handler) {
		return new StageMessageHandler<>(handler);
	}

}
