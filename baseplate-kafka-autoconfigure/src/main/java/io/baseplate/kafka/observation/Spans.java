package io.baseplate.kafka.observation;

import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * How the spans of one consumer are made: one implementation a style.
 */
interface Spans {

	/**
	 * Begin the span of a message and put it in scope. Handler threads.
	 * @param message the message
	 * @return the rest of it, on the same thread
	 */
	MessageSpan messageStarted(ConsumerRecord<byte[], byte[]> message);

	/**
	 * Begin the child of the last message's span. Reader thread.
	 * @param message the observation of that message
	 * @return its end
	 */
	Step messageCommitStarted(Observation message);

	/**
	 * Begin a read. Reader thread.
	 * @return its end and its children
	 */
	Step pumpStarted();

	/**
	 * The span of one message.
	 */
	interface MessageSpan {

		MessageSpan NONE = new MessageSpan() {
		};

		/**
		 * The observation that the user gets.
		 */
		default Observation observation() {
			return Observation.NOOP;
		}

		/**
		 * Mark the span as that of a message that could not be unpacked.
		 */
		default void invalid(Throwable cause) {
		}

		/**
		 * Record the exception of the handler.
		 */
		default void failed(Throwable cause) {
		}

		/**
		 * Take the span out of scope and end it.
		 */
		default void end() {
		}

	}

	/**
	 * Some other span, never in scope.
	 */
	interface Step {

		Step NONE = new Step() {
		};

		/**
		 * Begin a child.
		 */
		default Step child(KafkaConsumerObservation what) {
			return NONE;
		}

		/**
		 * Tag with a number of messages.
		 */
		default void messages(int messages) {
		}

		/**
		 * End the span.
		 */
		default void end(@Nullable Throwable error) {
		}

	}

}
