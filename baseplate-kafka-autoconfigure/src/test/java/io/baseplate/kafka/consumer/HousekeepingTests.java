package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Looking for the subscribed topics, on Kafka's {@code MockConsumer}.
 */
class HousekeepingTests {

	private final Kafka kafka = new Kafka();

	private final AtomicLong time = new AtomicLong(1);

	@Test
	void aLookUpThatTheBrokerFailsAtChangesNothing() {
		ReaderParts parts = parts();
		Housekeeping housekeeping = new Housekeeping(parts);
		this.kafka.failure = new KafkaException("Unexpected error fetching metadata for topic topic",
				new UnknownServerException());
		look(housekeeping);
		assertThat(parts.missingTopics()).isEmpty();
		this.kafka.failure = new UnknownTopicOrPartitionException();
		look(housekeeping);
		assertThat(parts.missingTopics()).containsExactly("topic");
		this.kafka.failure = new KafkaException("Unexpected error fetching metadata for topic topic",
				new UnknownServerException());
		look(housekeeping);
		assertThat(parts.missingTopics()).containsExactly("topic");
		this.kafka.failure = new KafkaException("something else");
		assertThatThrownBy(() -> look(housekeeping)).hasMessage("something else");
	}

	@Test
	void ofManyPartitionsTheLagsAreAskedForInTurns() {
		this.kafka.failure = new UnknownTopicOrPartitionException();
		ReaderParts parts = parts();
		List<TopicPartition> partitions = IntStream.range(0, 250)
			.mapToObj((i) -> new TopicPartition("topic", i))
			.toList();
		this.kafka.rebalance(partitions);
		parts.assignment().add(partitions);
		parts.assignment().owned().values().forEach((progress) -> progress.begin(0, Optional.empty(), 0));
		Housekeeping housekeeping = new Housekeeping(parts);
		for (int looks = 1; looks <= 5; looks++) {
			look(housekeeping);
			assertThat(this.kafka.lags).hasSize(100 * looks);
			assertThat(Set.copyOf(this.kafka.lags)).hasSize(Math.min(100 * looks, 250));
		}
	}

	private void look(Housekeeping housekeeping) {
		this.time.addAndGet(Duration.ofSeconds(6).toNanos());
		housekeeping.run();
	}

	private ReaderParts parts() {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.build();
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(this.time::get, settings.sessionTimeout(), settings.maxPollInterval(),
				CountedAnswers.none(this.time::get));
		Counts counts = new Counts();
		this.kafka.subscribe(Set.of("topic"));
		return new ReaderParts(settings, this.kafka, this.time::get, ConsumerTelemetry.NOOP, mailbox, lease,
				new Outcomes(mailbox, counts), counts, new WorkQueue(lease, mailbox), List.of());
	}

	/**
	 * Answers look-ups with a failure.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private RuntimeException failure = new IllegalStateException();

		private final List<TopicPartition> lags = new ArrayList<>();

		private Kafka() {
			super("earliest");
		}

		@Override
		public OptionalLong currentLag(TopicPartition partition) {
			this.lags.add(partition);
			return OptionalLong.of(0);
		}

		@Override
		public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
			throw this.failure;
		}

	}

}
