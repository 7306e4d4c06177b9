package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Polling with everything paused, on Kafka's {@code MockConsumer}.
 */
class PollerTests {

	private static final TopicPartition ONE = new TopicPartition("topic", 1);

	private static final TopicPartition TWO = new TopicPartition("topic", 2);

	private final Kafka kafka = new Kafka();

	private final AtomicLong time = new AtomicLong(1);

	private final AtomicLong answered = new AtomicLong(5);

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
	void aPollOfAMemberThatTheCoordinatorDoesNotKnowAnyMoreIsSurvived() {
		for (KafkaException failure : List.of(new UnknownMemberIdException("removed"),
				new StaleMemberEpochException("stale"), new FencedMemberEpochException("fenced"))) {
			this.kafka.setPollException(failure);
			assertThat(this.poller.read(Set.of(), Duration.ZERO)).isEmpty();
		}
		assertThat(this.poller.read(Set.of(), Duration.ZERO)).isNotEmpty();
		this.kafka.setPollException(new KafkaException("something else"));
		assertThatThrownBy(() -> this.poller.read(Set.of(), Duration.ZERO)).hasMessage("something else");
	}

	@Test
	void otherFailuresToPauseAreNotPassedOver() {
		this.kafka.closed = true;
		assertThatIllegalStateException().isThrownBy(() -> this.poller.quietly(Duration.ZERO))
			.withMessageContaining("closed");
	}

	@Test
	void aLatePollAllowsNoCommitBeforeHeartbeatsAreAnswered() {
		assertThat(this.poller.beforeCommit()).isTrue();
		this.time.addAndGet(Duration.ofMinutes(1).toNanos());
		for (int i = 0; i < 5; i++) {
			assertThat(this.poller.beforeCommit()).isFalse();
		}
		this.answered.addAndGet(2);
		// The poll that sees the answers, and the one that has dealt with them.
		assertThat(this.poller.beforeCommit()).isFalse();
		assertThat(this.poller.beforeCommit()).isTrue();
	}

	private Poller poller() {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.build();
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		Lease lease = new Lease(this.time::get, settings.sessionTimeout(), settings.maxPollInterval(),
				this.answered::get);
		this.kafka.subscribe(Set.of("topic"));
		this.kafka.rebalance(List.of(ONE, TWO));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
		for (TopicPartition partition : List.of(ONE, TWO)) {
			this.kafka.addRecord(new ConsumerRecord<>(partition.topic(), partition.partition(), 0, null, new byte[0]));
		}
		Assignment assignment = new Assignment(1000, 1);
		assignment.add(List.of(ONE, TWO));
		return new Poller(settings, this.kafka, mailbox, lease, assignment, this.time::get);
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
