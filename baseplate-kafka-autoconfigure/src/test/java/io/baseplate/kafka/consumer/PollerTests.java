package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import io.baseplate.kafka.Ordering;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
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

	private final CountedAnswers heartbeats = CountedAnswers.some();

	private final Lease lease = new Lease(this.time::get, Duration.ofSeconds(10), Duration.ofMinutes(5),
			new Evidence(this.time::get, this.heartbeats, CountedAnswers.some()));

	private final Assignment assignment = new Assignment(1000, 1, Ordering.NONE);

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
	void whatTheClientDidNotExpectIsSurvivedForAMinute() {
		KafkaException failure = new KafkaException(
				"Unexpected error from SyncGroup: " + Errors.UNKNOWN_SERVER_ERROR.message());
		for (int i = 0; i < 6; i++) {
			this.kafka.setPollException(failure);
			assertThat(this.poller.read(Set.of(), Duration.ZERO)).isEmpty();
			this.time.addAndGet(UnexpectedErrors.PATIENCE.toNanos() / 6);
		}
		this.kafka.setPollException(failure);
		assertThatThrownBy(() -> this.poller.read(Set.of(), Duration.ZERO)).isSameAs(failure);
	}

	@Test
	void whatTheClientDidNotExpectNowAndThenIsSurvived() {
		for (int i = 0; i < 10; i++) {
			this.kafka.setPollException(new KafkaException("Unexpected error from SyncGroup: unknown"));
			assertThat(this.poller.read(Set.of(), Duration.ZERO)).isEmpty();
			this.time.addAndGet(UnexpectedErrors.PATIENCE.toNanos() / 2);
		}
	}

	@Test
	void whatNoWaitingMendsIsNotSurvived() {
		for (KafkaException failure : List.of(GroupAuthorizationException.forGroupId("group"),
				new SaslAuthenticationException("refused"), new FencedInstanceIdException("fenced"),
				new InvalidGroupIdException("invalid"), new KafkaException("broken"),
				new KafkaException("Unexpected error in join group response: " + Errors.FENCED_INSTANCE_ID.message()),
				new KafkaException(
						"Unexpected error from SyncGroup: " + Errors.INCONSISTENT_GROUP_PROTOCOL.message()))) {
			this.kafka.setPollException(failure);
			assertThatThrownBy(() -> this.poller.read(Set.of(), Duration.ZERO)).isSameAs(failure);
		}
	}

	@Test
	void aPartitionThatTheClientTakesAwayDuringAPollIsSurvivedAlsoWhereItsOwnThreadMeetsThat() {
		for (IllegalStateException failure : List.of(
				new IllegalStateException("No current assignment for partition " + ONE),
				new IllegalStateException("Missing position for fetchable partition " + ONE),
				new IllegalStateException("Cannot set a new position without a valid current position"))) {
			this.kafka.schedulePollTask(() -> {
				throw failure;
			});
			assertThat(this.poller.read(Set.of(), Duration.ZERO)).isEmpty();
			this.kafka.setPollException(new KafkaException(failure));
			assertThat(this.poller.read(Set.of(), Duration.ZERO)).isEmpty();
		}
		KafkaException other = new KafkaException(new IllegalStateException("something else"));
		this.kafka.setPollException(other);
		assertThatThrownBy(() -> this.poller.read(Set.of(), Duration.ZERO)).isSameAs(other);
	}

	@Test
	void messagesThatTheClientThrewAwayWhenItLostAnotherPartitionAreReadAgain() {
		this.assignment.get(ONE).begin(0, Optional.empty(), 0);
		this.kafka.loseAfterCollecting = TWO;
		assertThat(this.poller.read(Set.of(), Duration.ZERO)).isEmpty();
		assertThat(this.kafka.position(ONE)).isZero();
	}

	@Test
	void otherFailuresToPauseAreNotPassedOver() {
		this.kafka.closed = true;
		assertThatIllegalStateException().isThrownBy(() -> this.poller.quietly(Duration.ZERO))
			.withMessageContaining("closed");
	}

	@Test
	void aLatePollAllowsNoCommitBeforeAHeartbeatIsAnswered() {
		assertThat(this.poller.beforeCommit()).isTrue();
		this.time.addAndGet(Duration.ofMinutes(1).toNanos());
		for (int i = 0; i < 5; i++) {
			assertThat(this.poller.beforeCommit()).isFalse();
		}
		this.heartbeats.add(20);
		// The poll that sees the answer, and the one that has dealt with it.
		assertThat(this.poller.beforeCommit()).isFalse();
		assertThat(this.poller.beforeCommit()).isTrue();
	}

	@Test
	void theClientHasDealtWithAnAnswerBeforeThePollThatConfirmsIt() {
		this.poller.quietly(Duration.ZERO);
		this.heartbeats.add(20);
		this.poller.quietly(Duration.ZERO);
		assertThat(this.kafka.lagsAsked).isZero();
		this.poller.quietly(Duration.ZERO);
		assertThat(this.kafka.lagsAsked).isOne();
		this.poller.quietly(Duration.ZERO);
		assertThat(this.kafka.lagsAsked).isOne();
	}

	@Test
	void whereAnswersHaveBeenSlowTheCoordinatorIsAskedSoThatTheLeaseLasts() {
		this.poller.quietly(Duration.ZERO);
		for (int i = 0; i < 100; i++) {
			this.time.addAndGet(Duration.ofMillis(500).toNanos());
			if (i % 6 == 5) {
				this.heartbeats.add(9000);
			}
			this.poller.quietly(Duration.ZERO);
			this.poller.keepLease();
		}
		assertThat(this.lease.isValid()).isTrue();
		assertThat(this.kafka.committedAsked).isBetween(5, 50);
	}

	@Test
	void aQuestionThatWasNotAnsweredCountsFromItsFirstAttempt() {
		this.poller.quietly(Duration.ZERO);
		this.heartbeats.add(9000);
		this.time.addAndGet(Duration.ofSeconds(8).toNanos());
		this.poller.quietly(Duration.ZERO);
		this.kafka.silent = true;
		this.poller.keepLease();
		this.time.addAndGet(Duration.ofSeconds(8).toNanos());
		this.kafka.silent = false;
		this.poller.keepLease();
		this.poller.quietly(Duration.ZERO);
		this.heartbeats.add(9000);
		this.poller.quietly(Duration.ZERO);
		this.poller.quietly(Duration.ZERO);
		assertThat(this.kafka.committedAsked).isEqualTo(2);
		this.time.addAndGet(Duration.ofMillis(1900).toNanos());
		assertThat(this.lease.isValid()).isTrue();
		this.time.addAndGet(Duration.ofMillis(100).toNanos());
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void aCoordinatorThatAnswersFastIsNotAskedForMore() {
		this.poller.quietly(Duration.ZERO);
		this.heartbeats.add(20);
		this.poller.quietly(Duration.ZERO);
		this.time.addAndGet(Duration.ofSeconds(9).toNanos());
		this.poller.keepLease();
		assertThat(this.kafka.committedAsked).isZero();
	}

	private Poller poller() {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.build();
		Mailbox mailbox = new Mailbox();
		mailbox.attach();
		this.kafka.subscribe(Set.of("topic"));
		this.kafka.rebalance(List.of(ONE, TWO));
		this.kafka.updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
		for (TopicPartition partition : List.of(ONE, TWO)) {
			this.kafka.addRecord(new ConsumerRecord<>(partition.topic(), partition.partition(), 0, null, new byte[0]));
		}
		this.assignment.add(List.of(ONE, TWO));
		return new Poller(settings, this.kafka, mailbox, this.lease, this.assignment, this.time::get);
	}

	/**
	 * Loses partitions between two calls, as {@code AsyncKafkaConsumer} can.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final Set<TopicPartition> losing = new HashSet<>();

		private boolean closed;

		private boolean silent;

		private int lagsAsked;

		private int committedAsked;

		private @Nullable TopicPartition loseAfterCollecting;

		private Kafka() {
			super("earliest");
		}

		/**
		 * {@code FetchCollector} throws like that when it comes to the lost partition,
		 * after it has moved the positions of others.
		 */
		@Override
		public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
			ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
			if (this.loseAfterCollecting != null) {
				assertThat(records).isNotEmpty();
				throw new IllegalStateException("No current assignment for partition " + this.loseAfterCollecting);
			}
			return records;
		}

		@Override
		public synchronized OptionalLong currentLag(TopicPartition partition) {
			this.lagsAsked++;
			return super.currentLag(partition);
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
				Duration timeout) {
			this.committedAsked++;
			if (this.silent) {
				throw new TimeoutException("no answer");
			}
			return Map.of();
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
