package io.baseplate.kafka;

import java.util.concurrent.CompletionStage;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Begins with one message and says later that it is handled. Until the stage has
 * completed the message is in flight, as it is until a {@link MessageHandler} returns: it
 * takes one of the {@code max-concurrency} places, is not committed, and whatever must
 * come after it waits. See {@link MessageHandler#async(AsyncMessageHandler)}.
 *
 * @param <T> the type of the unpacked body
 */
@FunctionalInterface
public interface AsyncMessageHandler<T> {

	/**
	 * Begin with one message. Called on a handler thread.
	 * @param context what is known about the message
	 * @param data the unpacked body; {@code null} where the unpacker returned
	 * {@code null} or the consumer does not unpack
	 * @param message the message as Kafka gave it
	 * @return completes when the message is handled, on any thread; exceptionally where
	 * it could not be handled: it stays uncommitted, and the consumer goes the way of its
	 * {@link OnFailure}. A {@link java.util.concurrent.CompletableFuture} is cancelled
	 * where a stop has no more time for it
	 * @throws Exception where the message could not be handled
	 */
	CompletionStage<?> handle(MessageContext context, @Nullable T data, ConsumerRecord<byte[], byte[]> message)
			throws Exception;

}
