package io.baseplate.kafka.actuate;

import java.time.Duration;

import io.baseplate.kafka.ConsumerStatus;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Status;

/**
 * What a consumer's status says about its health, apart from the user's own check.
 *
 * @param status UP, UNKNOWN or DOWN
 * @param reason why it is DOWN, for machines, or {@code null} where it is not
 */
record HealthVerdict(Status status, @Nullable String reason) {

	static final String FAILED = "failed";

	static final String RESTARTING = "restarting";

	static final String THREAD_DEAD = "thread-dead";

	static final String TOPIC_MISSING = "topic-missing";

	static final String BROKER_AWAY = "broker-away";

	static final String POLL_OVERDUE = "poll-overdue";

	static final String HEALTH_CHECK = "health-check";

	private static final HealthVerdict UP = new HealthVerdict(Status.UP, null);

	private static final HealthVerdict UNKNOWN = new HealthVerdict(Status.UNKNOWN, null);

	static HealthVerdict of(ConsumerStatus consumer) {
		return switch (consumer.state()) {
			case CREATED, STOPPED -> UP;
			// A reason means that the consumer is not there on purpose.
			case STARTING -> (consumer.reason() != null) ? down(RESTARTING) : UNKNOWN;
			case STOPPING -> (consumer.reason() != null) ? down(FAILED) : UP;
			case FAILED -> down(FAILED);
			case RESTARTING -> down(RESTARTING);
			case RUNNING, PAUSED -> ofActive(consumer);
		};
	}

	private static HealthVerdict ofActive(ConsumerStatus consumer) {
		if (!consumer.threadsAlive()) {
			return down(THREAD_DEAD);
		}
		if (!consumer.missingTopics().isEmpty()) {
			return down(TOPIC_MISSING);
		}
		if (isLonger(consumer.sinceLastPoll(), consumer.maxPollInterval())) {
			return down(POLL_OVERDUE);
		}
		if (isLonger(consumer.sinceBrokerContact(), consumer.brokerAwayAfter())) {
			return down(BROKER_AWAY);
		}
		return UP;
	}

	private static boolean isLonger(@Nullable Duration duration, Duration limit) {
		return duration != null && duration.compareTo(limit) > 0;
	}

	static HealthVerdict down(String reason) {
		return new HealthVerdict(Status.DOWN, reason);
	}

}
