package io.baseplate.kafka.consumer;

import java.util.Collection;

import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the engine tells about one consumer: spans, metrics, logs of others. One instance
 * a consumer, for as long as it exists. Every method must return quickly and not throw;
 * what it throws all the same is logged and ignored. The reader's thread is whichever
 * thread reads, one at a time: under {@code each-message} the handler's too, while it has
 * no message.
 */
public interface ConsumerTelemetry {

	/**
	 * Records nothing.
	 */
	ConsumerTelemetry NOOP = new ConsumerTelemetry() {
	};

	/**
	 * A handler begins with a message. Called on the handler's thread.
	 * @param message the message
	 * @return told about the rest, on the same thread
	 */
	default MessageScope messageStarted(ConsumerRecord<byte[], byte[]> message) {
		return MessageScope.NOOP;
	}

	/**
	 * A commit of one message begins ({@code each-message} only). Called on the reader's
	 * thread.
	 * @param message the observation of the message that is committed; it has ended
	 * @return told about the end, on the same thread
	 */
	default Scope messageCommitStarted(Observation message) {
		return Scope.NOOP;
	}

	/**
	 * A commit has been answered, or has failed. Called on the reader's thread.
	 * @param nanos how long it took, in nanoseconds
	 * @param success whether the brokers acknowledged it
	 */
	default void commitDone(long nanos, boolean success) {
	}

	/**
	 * A read begins. Called on the reader's thread, before each {@code poll} that may
	 * return messages.
	 * @return told about the rest, on the same thread
	 */
	default ReadScope readStarted() {
		return ReadScope.NOOP;
	}

	/**
	 * Partitions were assigned. Called on the reader's thread.
	 * @param partitions the partitions that came
	 */
	default void assigned(Collection<TopicPartition> partitions) {
	}

	/**
	 * Partitions were revoked or lost, or given up by closing. Called on the reader's
	 * thread.
	 * @param partitions the partitions that went
	 */
	default void unassigned(Collection<TopicPartition> partitions) {
	}

	/**
	 * A connection was made. Called on the reader's thread.
	 * @param kafka the client, for its metrics only
	 * @param gauges the figures of the running consumer
	 */
	default void opened(Consumer<byte[], byte[]> kafka, ConsumerGauges gauges) {
	}

	/**
	 * The connection is about to be closed. There may be another {@link #opened} later,
	 * after a failure, and until then what has been counted stays. Called on the reader's
	 * thread, before the partitions go.
	 */
	default void disconnected() {
	}

	/**
	 * The consumer has stopped on purpose: what was recorded of it goes. It may be
	 * started again later. Called on the reader's thread, after {@link #disconnected}.
	 */
	default void closed() {
	}

	/**
	 * One thing with a beginning and an end.
	 */
	interface Scope {

		/**
		 * Records nothing.
		 */
		Scope NOOP = (error) -> {
		};

		/**
		 * It ended.
		 * @param error what went wrong, or {@code null}
		 */
		void end(@Nullable Throwable error);

	}

	/**
	 * One read: {@code poll}, then putting what came on the work queue.
	 */
	interface ReadScope {

		/**
		 * Records nothing.
		 */
		ReadScope NOOP = new ReadScope() {
		};

		/**
		 * The {@code poll} returned.
		 * @param messages how many messages came, perhaps 0
		 */
		default void read(int messages) {
		}

		/**
		 * The messages are on the work queue, or the read failed.
		 */
		default void end() {
		}

	}

	/**
	 * One message in the hands of a handler. Exactly one of {@link #handled},
	 * {@link #invalid} and {@link #failed} is called, then {@link #close}.
	 */
	interface MessageScope {

		/**
		 * Records nothing.
		 */
		MessageScope NOOP = new MessageScope() {
		};

		/**
		 * The message's observation.
		 * @return the observation, {@link Observation#NOOP} where there is none
		 */
		default Observation observation() {
			return Observation.NOOP;
		}

		/**
		 * The body was unpacked; the handler is called next.
		 * @param payload the payload
		 */
		default void unpacked(@Nullable Object payload) {
		}

		/**
		 * The handler returned.
		 */
		default void handled() {
		}

		/**
		 * The body could not be unpacked.
		 * @param cause why
		 */
		default void invalid(Throwable cause) {
		}

		/**
		 * The handler threw.
		 * @param cause what
		 */
		default void failed(Throwable cause) {
		}

		/**
		 * The message is done.
		 */
		default void close() {
		}

	}

}
