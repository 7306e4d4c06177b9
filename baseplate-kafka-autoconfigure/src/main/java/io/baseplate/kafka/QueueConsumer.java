package io.baseplate.kafka;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A running (or startable) queue consumer: one reader thread that takes messages from
 * Kafka, an internal work queue, and one or more handler threads. All methods may be
 * called from any thread, handlers included, unless they say otherwise.
 */
public interface QueueConsumer {

	/**
	 * The consumer's name.
	 * @return {@code kafka_consumer.{group_name}}
	 */
	String name();

	/**
	 * The Kafka consumer group.
	 * @return {@code {service_name}.{group_name}}
	 */
	String groupId();

	/**
	 * How the consumer works through its messages.
	 * @return the mode
	 */
	ConsumerMode mode();

	/**
	 * The topics that the consumer reads.
	 * @return the topics
	 */
	List<String> topics();

	/**
	 * Whether the application starts this consumer by itself.
	 * @return true by default
	 */
	boolean isAutoStartup();

	/**
	 * The user's health check for this consumer.
	 * @return the check, or {@code null} where there is none
	 */
	@Nullable ConsumerHealthCheck healthCheck();

	/**
	 * A snapshot of the consumer's status, made without broker I/O.
	 * @return the status now
	 */
	ConsumerStatus status();

	/**
	 * Start, and wait until the start-up checks have passed. Does nothing where the
	 * consumer is active; where a stop has begun, waits for its end and starts then. Must
	 * not be called from a handler of the same consumer.
	 * @throws RuntimeException where a start-up check fails; the consumer is then
	 * {@link ConsumerState#FAILED} and may be started again
	 */
	void start();

	/**
	 * Begin to start; where a stop has begun, when that has ended. A {@link #stop()} or
	 * {@link #stopAsync()} that comes before takes the start back.
	 * @return completes when the start-up checks have passed or the start was taken back,
	 * or exceptionally where a check failed
	 */
	CompletableFuture<Void> startAsync();

	/**
	 * Stop: finish what is in flight, commit, leave the group. Returns when that is done,
	 * within the consumer's {@code stop-timeout}. Does nothing where the consumer is not
	 * active. Must not be called from a handler of the same consumer: use
	 * {@link #stopAsync()}.
	 */
	void stop();

	/**
	 * Begin to stop.
	 * @return completes when the consumer has stopped
	 */
	CompletableFuture<Void> stopAsync();

	/**
	 * Hand over no further messages until {@link #resume()}. Messages in flight finish
	 * and are committed, and the consumer stays a member of its group. Outlasts a stop: a
	 * consumer that is started again is still paused.
	 */
	void pause();

	/**
	 * Undo {@link #pause()}.
	 */
	void resume();

}
