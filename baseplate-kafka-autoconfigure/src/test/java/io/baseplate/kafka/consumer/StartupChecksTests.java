package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import io.baseplate.kafka.consumer.ConsumerStartException.Reason;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link StartupChecks} without a broker.
 */
class StartupChecksTests {

	private final AtomicLong nanos = new AtomicLong();

	private final TestConsumer kafka = new TestConsumer();

	@Test
	void readsTheCommittedOffsetsOfAllPartitions() {
		this.kafka.topic("a", 2);
		this.kafka.topic("b", 1);
		assertThat(run(settings("a", "b").build())).isEmpty();
		assertThat(this.kafka.committedAsked).containsExactlyInAnyOrder(new TopicPartition("a", 0),
				new TopicPartition("a", 1), new TopicPartition("b", 0));
	}

	@Test
	void allTopicsTogetherHaveTenSeconds() {
		this.kafka.topic("a", 1);
		this.kafka.topic("b", 1);
		this.kafka.topic("c", 1);
		this.kafka.beforePartitions = () -> this.nanos.addAndGet(Duration.ofSeconds(6).toNanos());
		run(settings("a", "b", "c").build());
		assertThat(this.kafka.timeouts).containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(4), Duration.ZERO);
	}

	@Test
	void failsWithoutMetadata() {
		this.kafka.partitionsFailure = new TimeoutException("Timeout expired while fetching topic metadata");
		ConsumerStartException failure = failure(settings("a").build());
		assertThat(failure.reason()).isEqualTo(Reason.NO_METADATA);
		assertThat(failure.problem()).isEqualTo("failed getting metadata from broker:9092");
		assertThat(failure.consumer()).isEqualTo("kafka_consumer.links");
		assertThat(failure).hasCause(this.kafka.partitionsFailure);
	}

	@Test
	void failsForMissingTopic() {
		this.kafka.topic("a", 1);
		ConsumerStartException failure = failure(settings("a", "b").build());
		assertThat(failure.reason()).isEqualTo(Reason.MISSING_TOPIC);
		assertThat(failure.problem())
			.isEqualTo("topic 'b' does not exist. maybe it's misspelled or on a different kafka cluster?");
	}

	@Test
	void namesAllMissingTopics() {
		assertThat(failure(settings("b", "c").build()).problem()).contains("topic 'b' does not exist",
				"topic 'c' does not exist");
	}

	@Test
	void returnsMissingTopicsWhereTheyDoNotFail() {
		this.kafka.topic("a", 1);
		assertThat(run(settings("a", "b").missingTopicsFail(false).build())).containsExactly("b");
	}

	@Test
	void asksForTheGroupEvenWhereNoTopicExists() {
		assertThat(run(settings("b").missingTopicsFail(false).build())).containsExactly("b");
		assertThat(this.kafka.committedAsked).containsExactly(new TopicPartition("b", 0));
	}

	@Test
	void failsForInvalidTopicInAnyCase() {
		this.kafka.partitionsFailure = new InvalidTopicException("Topic 'new links' is invalid");
		ConsumerStartException failure = failure(settings("new links").missingTopicsFail(false).build());
		assertThat(failure.reason()).isEqualTo(Reason.INVALID_TOPIC);
		assertThat(failure.problem()).contains("'new links'");
	}

	@Test
	void failsWithRefusedCredentials() {
		this.kafka.partitionsFailure = new SaslAuthenticationException("bad password");
		ConsumerStartException failure = failure(settings("a").build());
		assertThat(failure.reason()).isEqualTo(Reason.AUTHENTICATION);
		assertThat(failure.problem()).contains("broker:9092", "bad password");
	}

	@Test
	void failsWithoutPermissionForTopic() {
		this.kafka.partitionsFailure = new TopicAuthorizationException(Set.of("a"));
		ConsumerStartException failure = failure(settings("a").build());
		assertThat(failure.reason()).isEqualTo(Reason.AUTHORIZATION);
		assertThat(failure.problem()).contains("[a]");
	}

	@Test
	void failsWithoutPermissionForGroup() {
		this.kafka.topic("a", 1);
		this.kafka.committedFailure = GroupAuthorizationException.forGroupId("service.links");
		ConsumerStartException failure = failure(settings("a").build());
		assertThat(failure.reason()).isEqualTo(Reason.AUTHORIZATION);
		assertThat(failure.problem()).contains("service.links");
	}

	@Test
	void failsWhereTheCommittedOffsetsDoNotCome() {
		this.kafka.topic("a", 1);
		this.kafka.committedFailure = new TimeoutException();
		ConsumerStartException failure = failure(settings("a").build());
		assertThat(failure.reason()).isEqualTo(Reason.NO_METADATA);
		assertThat(failure.problem()).contains("'service.links'", "broker:9092");
	}

	@Test
	void failsWithWhateverElseKafkaSays() {
		this.kafka.partitionsFailure = new KafkaException("something else");
		ConsumerStartException failure = failure(settings("a").build());
		assertThat(failure.reason()).isEqualTo(Reason.OTHER);
		assertThat(failure.problem()).contains("something else");
	}

	@Test
	void letsWakeupPass() {
		this.kafka.partitionsFailure = new WakeupException();
		assertThatExceptionOfType(WakeupException.class).isThrownBy(() -> run(settings("a").build()));
	}

	@Test
	void letsInterruptPass() {
		this.kafka.topic("a", 1);
		this.kafka.committedFailure = new InterruptException(new InterruptedException());
		assertThatExceptionOfType(InterruptException.class).isThrownBy(() -> run(settings("a").build()));
		assertThat(Thread.interrupted()).isTrue();
	}

	private Set<String> run(ConsumerSettings settings) {
		return new StartupChecks(this.kafka, settings, this.nanos::get).run();
	}

	private ConsumerStartException failure(ConsumerSettings settings) {
		ConsumerStartException failure = catchThrowableOfType(ConsumerStartException.class, () -> run(settings));
		assertThat(failure).isNotNull();
		return failure;
	}

	private static ConsumerSettings.Builder settings(String... topics) {
		return ConsumerSettings.inOrder("kafka_consumer.links", "service.links", List.of(topics))
			.bootstrapServers("broker:9092");
	}

	/**
	 * Kafka's mock, which can't fail here by itself.
	 */
	private static final class TestConsumer extends MockConsumer<byte[], byte[]> {

		private final Map<String, List<PartitionInfo>> topics = new HashMap<>();

		private final List<Duration> timeouts = new ArrayList<>();

		private Set<TopicPartition> committedAsked = Set.of();

		private Runnable beforePartitions = () -> {
		};

		private @Nullable KafkaException partitionsFailure;

		private @Nullable KafkaException committedFailure;

		TestConsumer() {
			super("latest");
		}

		void topic(String topic, int partitions) {
			List<PartitionInfo> infos = new ArrayList<>();
			for (int i = 0; i < partitions; i++) {
				infos.add(new PartitionInfo(topic, i, null, null, null));
			}
			this.topics.put(topic, infos);
		}

		@Override
		public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
			this.timeouts.add(timeout);
			this.beforePartitions.run();
			if (this.partitionsFailure != null) {
				throw this.partitionsFailure;
			}
			return this.topics.getOrDefault(topic, List.of());
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
				Duration timeout) {
			this.committedAsked = Set.copyOf(partitions);
			if (this.committedFailure != null) {
				throw this.committedFailure;
			}
			return super.committed(partitions, timeout);
		}

	}

}
