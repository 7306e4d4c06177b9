package io.baseplate.kafka.actuate;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.ConsumerStatus.Partition;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} of one consumer, made from its status alone: no broker is
 * asked, so that it answers at once, also while the brokers are away.
 * <ul>
 * <li>UP: running, paused, stopping, stopped or not started on purpose</li>
 * <li>UNKNOWN: starting</li>
 * <li>DOWN: failed or restarting after a failure, a thread died, no poll for longer than
 * {@code max.poll.interval.ms}, no word from the brokers for longer than
 * {@code broker-away-after}, a topic gone, or the user's {@link ConsumerHealthCheck} said
 * no. The detail {@code reason} says which: {@code failed}, {@code restarting},
 * {@code thread-dead}, {@code poll-overdue}, {@code broker-away}, {@code topic-missing}
 * or {@code health-check}</li>
 * </ul>
 * The user's check, the seed's {@code health_check_fn}, is asked only where the consumer
 * is UP otherwise. A consumer that starts again after a failure is DOWN until it runs. No
 * detail holds anything of a message's body.
 */
public final class QueueConsumerHealthIndicator extends AbstractHealthIndicator {

	private final QueueConsumer consumer;

	/**
	 * Create an indicator.
	 * @param consumer the consumer
	 */
	public QueueConsumerHealthIndicator(QueueConsumer consumer) {
		super("Health check of " + consumer.name() + " failed");
		this.consumer = consumer;
	}

	/**
	 * One contributor with a child for each consumer.
	 * @param consumers the consumers by the names of the children
	 * @return the contributor
	 */
	public static CompositeHealthContributor composite(Map<String, ? extends QueueConsumer> consumers) {
		return CompositeHealthContributor.fromMap(consumers, QueueConsumerHealthIndicator::new);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		ConsumerStatus status = this.consumer.status();
		HealthVerdict verdict = HealthVerdict.of(status);
		if (verdict.status().equals(Status.UP) && !isHealthy(status, builder)) {
			verdict = HealthVerdict.down(HealthVerdict.HEALTH_CHECK);
		}
		builder.status(verdict.status());
		addDetails(builder, status, verdict);
	}

	private boolean isHealthy(ConsumerStatus status, Health.Builder builder) {
		ConsumerHealthCheck check = this.consumer.healthCheck();
		try {
			return check == null || check.isHealthy(status);
		}
		catch (Exception | LinkageError | AssertionError | StackOverflowError ex) {
			builder.withDetail("healthCheckError", ex.toString());
			return false;
		}
	}

	private void addDetails(Health.Builder builder, ConsumerStatus status, HealthVerdict verdict) {
		builder.withDetail("state", label(status.state()));
		addDetail(builder, "reason", verdict.reason());
		addDetail(builder, "description", status.reason());
		builder.withDetail("mode", label(status.mode()));
		builder.withDetail("group", status.groupId());
		builder.withDetail("topics", status.topics());
		if (!status.missingTopics().isEmpty()) {
			builder.withDetail("missingTopics", status.missingTopics().stream().sorted().toList());
		}
		builder.withDetail("assignedPartitions", assignedPartitions(status.partitions()));
		addDetail(builder, "sinceLastPoll", text(status.sinceLastPoll()));
		addDetail(builder, "sinceBrokerContact", text(status.sinceBrokerContact()));
		builder.withDetail("inFlight", status.inFlight());
		addDetail(builder, "oldestInFlight", text(status.oldestInFlight()));
		builder.withDetail("queueDepth", status.queueDepth());
		builder.withDetail("committedOffsets", committedOffsets(status.partitions()));
		Failure error = status.lastError();
		if (error != null) {
			builder.withDetail("lastError", describe(error));
		}
	}

	private static void addDetail(Health.Builder builder, String key, @Nullable String value) {
		if (value != null) {
			builder.withDetail(key, value);
		}
	}

	private static List<String> assignedPartitions(List<Partition> partitions) {
		return partitions.stream().map((partition) -> text(partition.topicPartition())).toList();
	}

	private static Map<String, Long> committedOffsets(List<Partition> partitions) {
		Map<String, Long> offsets = new LinkedHashMap<>();
		for (Partition partition : partitions) {
			if (partition.committed() >= 0) {
				offsets.put(text(partition.topicPartition()), partition.committed());
			}
		}
		return offsets;
	}

	/**
	 * The exception that a message caused is named without its own words, which may quote
	 * the message's body.
	 */
	private static Map<String, Object> describe(Failure error) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("description", error.description());
		TopicPartition partition = error.topicPartition();
		if (partition != null) {
			details.put("topic", partition.topic());
			details.put("partition", partition.partition());
			if (error.offset() >= 0) {
				details.put("offset", error.offset());
			}
		}
		Throwable cause = error.cause();
		if (cause != null) {
			details.put("error", (partition != null) ? cause.getClass().getName() : cause.toString());
		}
		return details;
	}

	private static String text(TopicPartition partition) {
		return partition.topic() + "/" + partition.partition();
	}

	private static @Nullable String text(@Nullable Duration duration) {
		return (duration != null) ? duration.truncatedTo(ChronoUnit.MILLIS).toString() : null;
	}

	private static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
