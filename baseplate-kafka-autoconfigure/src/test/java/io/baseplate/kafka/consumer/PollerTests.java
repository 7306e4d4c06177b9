package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Polling with everything paused, on Kafka's {@code MockConsumer}.
 */
class PollerTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final TopicPartition TWO = new TopicPartition("topic", 2);

	private final Kafka kafka = new Kafka();

	private final Poller poller = poller();

	@Test
	void aQuietPollReadsNothingAndTheNextReadGoesOn() {
		this.poller.quietly(Duration.ZERO);
		assertThat(this.kafka.paused()).containsExactlyInAnyOrder(ONE, TWO);
		assertThat(this.poller.read(Set.of(TWO), Duration.ZERO).partitions()).containsExactly(ONE);
		assertThat(this.kafka.paused()).containsExactly(TWO);
	}

	@Test
	void aPartitionThatTheClientLosesWhileItIsToBePausedIsPassedOver() {
		this.kafka.losing.add(ONE);
		this.poller.quietly(Duration.ZERO);
		assertThat(this.kafka.paused()).containsExactly(TWO);
	}

	@Test
	void aPartitionThatTheClientLosesWhileItIsToBeResumedIsPassedOver() {
		this.poller.quietly(Duration.ZERO);
		this.kafka.losing.add(ONE);
		this.poller.read(Set.of(), Duration.ZERO);
		assertThat(this.kafka.assignment()).containsExactly(TWO);
		// The mock itself never forgets a pause of what it has lost.
		assertThat(this.kafka.paused()).containsExactly(ONE);
	}

	@Test
	void otherFailuresToPauseAreNotPassedOver() {
		this.kafka.closed = true;
		assertThatIllegalStateException().isThrownBy(() -> this.poller.quietly(Duration.ZERO))
			.withMessageContaining("closed");
	}

	private Poller poller() {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.build();
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(Ticker.SYSTEM, settings.sessionTimeout(), settings.maxPollInterval(),
				() -> Heartbeats.UNKNOWN);
		this.kafka.subscribe(Set.of("topic"));
		this.kafka.rebalance(List.of(ONE, TWO));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
		for (TopicPartition partition : List.of(ONE, TWO)) {
			this.kafka.addRecord(new ConsumerRecord<>(partition.topic(), partition.partition(), 0, null, new byte[0]));
		}
		return new Poller(settings, this.kafka, mailbox, lease, new Assignment(1000, 1), Ticker.SYSTEM);
	}

	/**
	 * Loses partitions between two calls, as {@code AsyncKafkaConsumer} can.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final Set<TopicPartition> losing = new HashSet<>();

		private boolean closed;

		private Kafka() {
			super("earliest");
		}

		@Override
		public synchronized void pause(Collection<TopicPartition> partitions) {
			refuse(partitions);
			super.pause(partitions);
		}

		@Override
		public synchronized void resume(Collection<TopicPartition> partitions) {
			refuse(partitions);
			super.resume(partitions);
		}

		private void refuse(Collection<TopicPartition> partitions) {
			if (this.closed) {
				throw new IllegalStateException("This consumer has already been closed.");
			}
			for (TopicPartition partition : partitions) {
				if (this.losing.contains(partition)) {
					Set<TopicPartition> left = new HashSet<>(assignment());
					left.removeAll(this.losing);
					rebalance(left);
					throw new IllegalStateException("No current assignment for partition " + partition);
				}
			}
		}

	}

}
