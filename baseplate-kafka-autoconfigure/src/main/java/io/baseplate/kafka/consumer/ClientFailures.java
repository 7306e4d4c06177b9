package io.baseplate.kafka.consumer;

import java.time.Duration;

import io.baseplate.kafka.ConsumerStatus.Failure;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.jspecify.annotations.Nullable;

/**
 * Failures after which a Kafka client is of no use any more although nobody has to mend
 * anything: another one may do. Under KIP-848 a client gives up for good at the first
 * answer to a heartbeat that it did not expect, be it one that a coordinator gave while
 * it was loading, and all members of a group get the same. Such failures are borne for a
 * while, whatever {@code on-failure} says. Reader thread.
 */
final class ClientFailures {

	/**
	 * How long one client after another may fail: twice the brokers' default session, and
	 * more, so that a static member that died is gone by then.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private @Nullable Long since;

	/**
	 * Whether to go on with another client.
	 * @param failure how a client has failed
	 * @param begun when that client began to read, in nanoseconds
	 * @param now the time, in nanoseconds
	 * @return {@code false} where the failure is another one, or has come for too long
	 */
	boolean isCuredByAnother(Failure failure, long begun, long now) {
		// What a handler threw is the handler's, whatever its name.
		if (failure.topicPartition() != null || !isOfTheClient(failure.cause())) {
			return false;
		}
		Long since = this.since;
		if (since == null || now - begun > PATIENCE.toNanos()) {
			since = now;
			this.since = since;
		}
		return now - since < PATIENCE.toNanos();
	}

	/**
	 * Under KIP-848, too, a static member whose process died keeps its
	 * {@code group.instance.id} until its session has expired, and whoever comes with the
	 * same is turned away for good.
	 */
	private static boolean isOfTheClient(@Nullable Throwable cause) {
		return cause instanceof UnknownServerException || cause instanceof GroupIdNotFoundException
				|| cause instanceof InvalidRequestException || cause instanceof UnreleasedInstanceIdException
				|| cause instanceof SilentClientException;
	}

	/**
	 * A client that sends no heartbeats any more although the coordinator answers.
	 */
	@SuppressWarnings("serial")
	static final class SilentClientException extends RuntimeException {

		SilentClientException(String message) {
			super(message);
		}

	}

}
