package io.baseplate.kafka.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.ConsumerStatus.Partition;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

class QueueConsumerHealthIndicatorTests {

	private final TestConsumer consumer = new TestConsumer();

	@ParameterizedTest
	@EnumSource(names = { "CREATED", "RUNNING", "PAUSED", "STOPPING", "STOPPED" })
	void isUpWhereTheConsumerIsOnPurpose(ConsumerState state) {
		this.consumer.state = state;
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).doesNotContainKey("reason");
	}

	@Test
	void isUnknownWhileStarting() {
		this.consumer.state = ConsumerState.STARTING;
		assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
	}

	@Test
	void isDownWhenFailed() {
		this.consumer.state = ConsumerState.FAILED;
		this.consumer.reason = "handler threw";
		assertDown("failed");
		assertThat(health().getDetails()).containsEntry("description", "handler threw");
	}

	@Test
	void isDownWhileRestartingAndUntilItRunsAgain() {
		this.consumer.reason = "handler threw";
		this.consumer.state = ConsumerState.RESTARTING;
		assertDown("restarting");
		this.consumer.state = ConsumerState.STARTING;
		assertDown("restarting");
	}

	@Test
	void isDownWhileStoppingBecauseOfAFailure() {
		this.consumer.state = ConsumerState.STOPPING;
		this.consumer.reason = "handler threw";
		assertDown("failed");
	}

	@Test
	void aFailureOfThePastDoesNotSpoilAStopOnPurpose() {
		this.consumer.state = ConsumerState.STOPPING;
		this.consumer.lastError = new Failure("handler threw", null, -1, null);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@ParameterizedTest
	@EnumSource(names = { "RUNNING", "PAUSED" })
	void isDownWhenAThreadIsDead(ConsumerState state) {
		this.consumer.state = state;
		this.consumer.threadsAlive = false;
		assertDown("thread-dead");
	}

	@ParameterizedTest
	@EnumSource(names = { "RUNNING", "PAUSED" })
	void isDownWhenNothingPolledForLongerThanMaxPollInterval(ConsumerState state) {
		this.consumer.state = state;
		this.consumer.sinceLastPoll = Duration.ofMinutes(5);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		this.consumer.sinceLastPoll = Duration.ofMinutes(5).plusMillis(1);
		assertDown("poll-overdue");
	}

	@ParameterizedTest
	@EnumSource(names = { "RUNNING", "PAUSED" })
	void isDownWithoutTheBrokerForLongerThanBrokerAwayAfter(ConsumerState state) {
		this.consumer.state = state;
		this.consumer.sinceBrokerContact = Duration.ofSeconds(10);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		this.consumer.sinceBrokerContact = Duration.ofSeconds(10).plusMillis(1);
		assertDown("broker-away");
	}

	@ParameterizedTest
	@EnumSource(names = { "RUNNING", "PAUSED" })
	void isDownWhenATopicIsGone(ConsumerState state) {
		this.consumer.state = state;
		this.consumer.missingTopics = Set.of("edited_links");
		assertDown("topic-missing");
		assertThat(health().getDetails()).containsEntry("missingTopics", List.of("edited_links"));
	}

	@Test
	void isDownWhenTheUsersCheckSaysNo() {
		this.consumer.healthCheck = (status) -> false;
		assertDown("health-check");
	}

	@Test
	void isDownWhenTheUsersCheckThrows() {
		this.consumer.healthCheck = (status) -> {
			throw new IllegalStateException("database is away");
		};
		assertDown("health-check");
		assertThat(health().getDetails()).containsEntry("healthCheckError",
				"java.lang.IllegalStateException: database is away");
	}

	@Test
	void theUsersCheckSeesTheStatusAndCannotMakeTheHealthBetter() {
		this.consumer.healthCheck = (status) -> status.queueDepth() == 7;
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		this.consumer.state = ConsumerState.FAILED;
		assertDown("failed");
	}

	@Test
	void detailsSayWhatTheConsumerDoes() {
		assertThat(health().getDetails())
			.isEqualTo(Map.ofEntries(Map.entry("state", "running"), Map.entry("mode", "in-order"),
					Map.entry("group", "service.links"), Map.entry("topics", List.of("new_links", "edited_links")),
					Map.entry("assignedPartitions", List.of("edited_links/1", "new_links/0")),
					Map.entry("sinceLastPoll", "PT0.25S"), Map.entry("sinceBrokerContact", "PT1S"),
					Map.entry("inFlight", 1), Map.entry("oldestInFlight", "PT2.5S"), Map.entry("queueDepth", 7),
					Map.entry("committedOffsets", Map.of("new_links/0", 41L))));
	}

	@Test
	void theLastErrorNamesMessageAndExceptionAndNeverTheBody() {
		this.consumer.state = ConsumerState.FAILED;
		this.consumer.lastError = new Failure("handler threw", new TopicPartition("new_links", 3), 42,
				new IllegalArgumentException("cannot handle {\"secret\": 1}"));
		assertThat(health().getDetails()).containsEntry("lastError", Map.of("description", "handler threw", "topic",
				"new_links", "partition", 3, "offset", 42L, "error", "java.lang.IllegalArgumentException"));
		assertThat(health().toString()).doesNotContain("secret");
	}

	@Test
	void anErrorWithoutAMessageIsToldInFull() {
		this.consumer.state = ConsumerState.FAILED;
		this.consumer.lastError = new Failure("commit refused", null, -1, new IllegalStateException("not authorized"));
		assertThat(health().getDetails()).containsEntry("lastError",
				Map.of("description", "commit refused", "error", "java.lang.IllegalStateException: not authorized"));
	}

	@Test
	void isDownWhenTheStatusCannotBeHad() {
		this.consumer.broken = true;
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
	}

	@Test
	void isOneChildOfEachConsumer() {
		CompositeHealthContributor contributor = QueueConsumerHealthIndicator
			.composite(Map.of("kafka_consumer.links", this.consumer));
		assertThat(contributor.stream()).singleElement().satisfies((entry) -> {
			assertThat(entry.name()).isEqualTo("kafka_consumer.links");
			assertThat(((HealthIndicator) entry.contributor()).health().getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void answersInUnder5Milliseconds() {
		QueueConsumerHealthIndicator indicator = new QueueConsumerHealthIndicator(this.consumer);
		indicator.health();
		long fastest = Long.MAX_VALUE;
		for (int round = 0; round < 20; round++) {
			long started = System.nanoTime();
			indicator.health();
			fastest = Math.min(fastest, System.nanoTime() - started);
		}
		assertThat(fastest).isLessThan(TimeUnit.MILLISECONDS.toNanos(5));
	}

	private void assertDown(String reason) {
		assertThat(health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(health().getDetails()).containsEntry("reason", reason);
	}

	private Health health() {
		return new QueueConsumerHealthIndicator(this.consumer).health();
	}

	/**
	 * A consumer that does nothing but have a status.
	 */
	private static final class TestConsumer implements QueueConsumer {

		private ConsumerState state = ConsumerState.RUNNING;

		private String reason;

		private Failure lastError;

		private Set<String> missingTopics = Set.of();

		private Duration sinceLastPoll = Duration.ofMillis(250).plusNanos(17);

		private Duration sinceBrokerContact = Duration.ofSeconds(1);

		private boolean threadsAlive = true;

		private boolean broken;

		private ConsumerHealthCheck healthCheck;

		@Override
		public String name() {
			return "kafka_consumer.links";
		}

		@Override
		public String groupId() {
			return "service.links";
		}

		@Override
		public ConsumerMode mode() {
			return ConsumerMode.IN_ORDER;
		}

		@Override
		public List<String> topics() {
			return List.of("new_links", "edited_links");
		}

		@Override
		public boolean isAutoStartup() {
			return true;
		}

		@Override
		public ConsumerHealthCheck healthCheck() {
			return this.healthCheck;
		}

		@Override
		public ConsumerStatus status() {
			if (this.broken) {
				throw new IllegalStateException();
			}
			return new ConsumerStatus(name(), groupId(), mode(), CommitStrategy.EACH_MESSAGE, Ordering.NONE, topics(),
					this.state, this.reason, this.lastError,
					List.of(new Partition(new TopicPartition("edited_links", 1), 0, -1, -1, -1, -1),
							new Partition(new TopicPartition("new_links", 0), 42, 41, 41, 40, 1)),
					this.missingTopics, this.sinceLastPoll, this.sinceBrokerContact, Duration.ofMinutes(5),
					Duration.ofSeconds(10), 1, Duration.ofMillis(2500), 7, 10, this.threadsAlive,
					new Totals(0, 0, 0, 0, 0, 0));
		}

		@Override
		public void start() {
		}

		@Override
		public CompletableFuture<Void> startAsync() {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void stop() {
		}

		@Override
		public CompletableFuture<Void> stopAsync() {
			return CompletableFuture.completedFuture(null);
		}

		@Override
		public void pause() {
		}

		@Override
		public void resume() {
		}

	}

}
