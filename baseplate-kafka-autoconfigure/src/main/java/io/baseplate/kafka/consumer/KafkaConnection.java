package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.baseplate.kafka.ConsumerStatus.Failure;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Where the Kafka client of a consumer comes from, and what becomes of it in the end.
 */
sealed interface KafkaConnection {

	/**
	 * Get the client to begin with. Reader thread.
	 * @return the client, not subscribed by the engine yet
	 * @throws IllegalStateException where there can be none any more
	 */
	Consumer<byte[], byte[]> open();

	/**
	 * Let go of the client: leave the group and close. Reader thread.
	 * @param kafka the client
	 * @param timeout how long that may take
	 * @param leave whether a static member leaves as well
	 * @param again whether the consumer will want to begin again
	 */
	default void release(Consumer<byte[], byte[]> kafka, Duration timeout, boolean leave, boolean again) {
		kafka.close(CloseOptions.timeout(timeout)
			.withGroupMembershipOperation(
					leave ? GroupMembershipOperation.LEAVE_GROUP : GroupMembershipOperation.DEFAULT));
	}

	/**
	 * Whether the consumer can begin again after a failure. Reader thread.
	 * @param failure the failure
	 * @return {@code false} where there is no client for another beginning
	 */
	default boolean canBeginAgainAfter(Failure failure) {
		return true;
	}

	/**
	 * The consumer has come to its end: a client that was kept to begin again with is
	 * closed. Reader thread.
	 * @param timeout how long that may take
	 */
	default void dispose(Duration timeout) {
	}

	/**
	 * Clients that are made anew for every start.
	 * @param supplier makes a client
	 * @return the connection
	 */
	static KafkaConnection made(Supplier<Consumer<byte[], byte[]>> supplier) {
		return new Made(supplier);
	}

	/**
	 * A client that the user made.
	 * @param consumer the client, subscribed
	 * @return the connection
	 */
	static KafkaConnection given(Consumer<byte[], byte[]> consumer) {
		if (consumer.subscription().isEmpty()) {
			throw new IllegalArgumentException(consumer.assignment().isEmpty()
					? "The Kafka consumer must be subscribed to its topics: call subscribe(topics) first"
					: "The Kafka consumer has been assigned partitions by hand: a queue consumer is a member of a "
							+ "consumer group, so call subscribe(topics) instead of assign(partitions)");
		}
		return new Given(consumer, new AtomicBoolean());
	}

	/**
	 * Clients that are made anew for every start.
	 *
	 * @param supplier makes a client
	 */
	record Made(Supplier<Consumer<byte[], byte[]>> supplier) implements KafkaConnection {

		@Override
		public Consumer<byte[], byte[]> open() {
			return this.supplier.get();
		}

	}

	/**
	 * The one client that the user made.
	 *
	 * @param consumer the client
	 * @param closed whether it has been closed
	 */
	record Given(Consumer<byte[], byte[]> consumer, AtomicBoolean closed) implements KafkaConnection {

		@Override
		public Consumer<byte[], byte[]> open() {
			if (this.closed.get()) {
				throw new IllegalStateException("The Kafka consumer that this queue consumer was made with has been "
						+ "closed: it can be started once");
			}
			return this.consumer;
		}

		@Override
		public void release(Consumer<byte[], byte[]> kafka, Duration timeout, boolean leave, boolean again) {
			if (again) {
				kafka.unsubscribe();
			}
			else {
				this.closed.set(true);
				KafkaConnection.super.release(kafka, timeout, leave, false);
			}
		}

		/**
		 * After the failure of a handler. A client that has failed itself may be broken
		 * for good, without saying so again, and only the user can make another.
		 */
		@Override
		public boolean canBeginAgainAfter(Failure failure) {
			return failure.topicPartition() != null;
		}

		@Override
		public void dispose(Duration timeout) {
			if (this.closed.compareAndSet(false, true)) {
				KafkaConnection.super.release(this.consumer, timeout, false, false);
			}
		}

	}

}
