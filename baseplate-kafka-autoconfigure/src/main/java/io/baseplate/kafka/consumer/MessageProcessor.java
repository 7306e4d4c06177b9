package io.baseplate.kafka.consumer;

import java.lang.reflect.Type;
import java.util.function.Consumer;

import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message from bytes to outcome: observe, unpack, handle. The only place where code
 * of the user runs. Handler threads, side by side.
 */
final class MessageProcessor {

	private static final Logger logger = LoggerFactory.getLogger(MessageProcessor.class);

	private final ConsumerSettings settings;

	private final UserCode code;

	private final MessageHandler<Object> handler;

	private final ConsumerTelemetry telemetry;

	@SuppressWarnings("unchecked")
	MessageProcessor(ConsumerSettings settings, UserCode code, ConsumerTelemetry telemetry) {
		this.settings = settings;
		this.code = code;
		this.handler = (MessageHandler<Object>) code.handler();
		this.telemetry = telemetry;
	}

	/**
	 * Process one message. Never throws.
	 * @param message the message
	 * @param worker is told the observation, and the error of a handler that threw
	 * @return what became of it
	 */
	Outcome process(ConsumerRecord<byte[], byte[]> message, HandlerWorker worker) {
		MessageScope scope = begin(message, worker);
		try {
			return process(message, scope, worker);
		}
		catch (Throwable ex) {
			return failed(message, scope, ex, worker);
		}
		finally {
			tell(message, worker, scope, MessageScope::close);
		}
	}

	private Outcome process(ConsumerRecord<byte[], byte[]> message, MessageScope scope, HandlerWorker worker)
			throws Exception {
		Observation observation = scope.observation();
		worker.observing(observation);
		Object payload = null;
		Type type = this.code.payloadType();
		if (type != null) {
			try {
				payload = this.code.unpacker().unpack(message, type);
			}
			catch (Exception | StackOverflowError ex) {
				return invalid(message, scope, ex, worker);
			}
			Object unpacked = payload;
			tell(message, worker, scope, (told) -> told.unpacked(unpacked));
		}
		MessageContext context = new DefaultMessageContext(this.settings, message, observation);
		this.handler.handle(context, payload, message);
		tell(message, worker, scope, MessageScope::handled);
		return Outcome.HANDLED;
	}

	/**
	 * The body never goes into the log: the message of a JSON parser's exception quotes
	 * it, so that only the exception's type is logged.
	 */
	private Outcome invalid(ConsumerRecord<byte[], byte[]> message, MessageScope scope, Throwable ex,
			HandlerWorker worker) {
		if (worker.isInterrupted()) {
			return Outcome.INTERRUPTED;
		}
		logger.error("skipping invalid message {}/{} offset {} of {}: {}{}", message.topic(), message.partition(),
				message.offset(), this.settings.name(), absence(message), describe(ex));
		tell(message, worker, scope, (told) -> told.invalid(ex));
		return Outcome.INVALID;
	}

	private Outcome failed(ConsumerRecord<byte[], byte[]> message, MessageScope scope, Throwable ex,
			HandlerWorker worker) {
		if (worker.isInterrupted()) {
			logger.warn("Handler of {}/{} offset {} was interrupted by the stop: the message is not handled",
					message.topic(), message.partition(), message.offset());
			tell(message, worker, scope, (told) -> told.failed(ex));
			return Outcome.INTERRUPTED;
		}
		try {
			worker.failed(message, ex);
			logger.error("Unhandled error while trying to process a message {}/{} offset {} of {}", message.topic(),
					message.partition(), message.offset(), this.settings.name(), ex);
			tell(message, worker, scope, (told) -> told.failed(ex));
		}
		catch (Throwable another) {
			// Out of memory, say: the failure is noted, and that is what counts.
		}
		return Outcome.FAILED;
	}

	private MessageScope begin(ConsumerRecord<byte[], byte[]> message, HandlerWorker worker) {
		try {
			return this.telemetry.messageStarted(message);
		}
		catch (Throwable ex) {
			telemetryFailed(message, worker, ex);
			return MessageScope.NOOP;
		}
	}

	private void tell(ConsumerRecord<byte[], byte[]> message, HandlerWorker worker, MessageScope scope,
			Consumer<MessageScope> what) {
		try {
			what.accept(scope);
		}
		catch (Throwable ex) {
			telemetryFailed(message, worker, ex);
		}
	}

	/**
	 * Does not change what becomes of the message. An exception is passed over; an
	 * {@code Error} stops the consumer, wherever it comes from.
	 */
	private void telemetryFailed(ConsumerRecord<byte[], byte[]> message, HandlerWorker worker, Throwable ex) {
		if (ex instanceof Error) {
			worker.failed(message, ex);
		}
		logger.warn("Telemetry of {} failed", this.settings.name(), ex);
	}

	private static String absence(ConsumerRecord<byte[], byte[]> message) {
		byte[] body = message.value();
		if (body == null) {
			return "no body (a tombstone), ";
		}
		return (body.length == 0) ? "empty body, " : "";
	}

	/**
	 * What went wrong without what was in the body: the types of the exception and its
	 * causes.
	 */
	private static String describe(Throwable ex) {
		StringBuilder description = new StringBuilder(ex.getClass().getName());
		Throwable cause = ex.getCause();
		for (int depth = 0; cause != null && depth < 5; depth++) {
			description.append(" <- ").append(cause.getClass().getName());
			cause = cause.getCause();
		}
		return description.toString();
	}

}
