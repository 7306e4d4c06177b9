package io.baseplate.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the stage that a handler returns, on the handler's thread: so that such a
 * message is bounded, ordered, timed, interrupted and shown like any other.
 *
 * @param <T> the type of the unpacked body
 * @param handler begins with the message
 */
record StageMessageHandler<T>(AsyncMessageHandler<T> handler) implements MessageHandler<T> {

	@Override
	public void handle(MessageContext context, @Nullable T data, ConsumerRecord<byte[], byte[]> message)
			throws Exception {
		CompletionStage<?> stage = this.handler.handle(context, data, message);
		if (stage == null) {
			throw new IllegalStateException("The handler has returned null instead of a CompletionStage");
		}
		Future<?> future = future(stage);
		try {
			future.get();
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			throw ex;
		}
		catch (ExecutionException ex) {
			rethrow(ex);
		}
	}

	private static Future<?> future(CompletionStage<?> stage) {
		try {
			return stage.toCompletableFuture();
		}
		catch (UnsupportedOperationException ex) {
			return following(stage);
		}
	}

	private static Future<?> following(CompletionStage<?> stage) {
		CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
		stage.whenComplete((result, ex) -> {
			if (ex != null) {
				future.completeExceptionally(ex);
			}
			else {
				future.complete(null);
			}
		});
		return future;
	}

	private static void rethrow(ExecutionException failure) throws Exception {
		Throwable cause = failure.getCause();
		while (cause instanceof CompletionException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		if (cause instanceof Error error) {
			throw error;
		}
		throw (cause instanceof Exception exception) ? exception : failure;
	}

}
