package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What makes a consumer believe that its partitions are still its own.
 */
class LeaseTests {

	private static final long SESSION = TimeUnit.SECONDS.toNanos(10);

	private long time = Long.MAX_VALUE - SESSION;

	private long answered = 7;

	private final Lease lease = new Lease(() -> this.time, Duration.ofSeconds(10), Duration.ofMinutes(5),
			() -> this.answered);

	@Test
	void lastsForTheSessionTimeoutFromTheBeginningOfTheLastPoll() {
		long begun = this.time;
		pass(5);
		this.lease.polled(begun, false);
		pass(5);
		assertThat(this.lease.isValid()).isFalse();
		assertThat(this.lease.wasExpired()).isTrue();
		assertThat(this.lease.wasExpired()).isFalse();
	}

	@Test
	void lastsForTheMaximumPollIntervalWhereThatIsShorter() {
		Lease lease = new Lease(() -> this.time, Duration.ofSeconds(10), Duration.ofSeconds(2), () -> this.answered);
		pass(2);
		assertThat(lease.isValid()).isFalse();
	}

	@Test
	void aPollThatBeginsInTimeRenewsIt() {
		for (int i = 0; i < 5; i++) {
			pass(9);
			this.lease.polled(this.time, false);
			assertThat(this.lease.isValid()).isTrue();
		}
	}

	@Test
	void aPollThatBeginsTooLateProvesNothing() {
		pass(11);
		for (int i = 0; i < 5; i++) {
			this.lease.polled(this.time, false);
			pass(1);
		}
		assertThat(this.lease.isValid()).isFalse();
		assertThat(this.lease.age()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
	}

	@Test
	void oneAnswerAfterTheEndProvesNothingBecauseItMayHaveWaitedInABuffer() {
		pass(11);
		this.lease.polled(this.time, false);
		this.answered++;
		this.lease.polled(this.time, false);
		this.lease.polled(this.time, false);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void twoAnswersAndAPollThatDealtWithThemRenewIt() {
		pass(11);
		this.lease.polled(this.time, false);
		this.answered += 2;
		this.lease.polled(this.time, false);
		assertThat(this.lease.isValid()).isFalse();
		this.lease.polled(this.time, false);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void eachEndNeedsAProofOfItsOwn() {
		twoAnswersAndAPollThatDealtWithThemRenewIt();
		pass(11);
		this.lease.polled(this.time, false);
		this.lease.polled(this.time, false);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void whereNothingIsOwnedThereIsNothingToProve() {
		pass(11);
		this.lease.polled(this.time, true);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void whatIsAssignedAfterEverythingWentIsOurs() {
		pass(11);
		this.lease.polled(this.time, false);
		this.lease.ownsNothing();
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void aClientThatDoesNotCountHeartbeatsIsBelievedAfterAPoll() {
		this.answered = Heartbeats.UNKNOWN;
		pass(11);
		this.lease.polled(this.time, false);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void heartbeatsRenewItWhileACallbackWaits() {
		this.lease.inCallback(true);
		for (int i = 0; i < 10; i++) {
			pass(3);
			this.answered++;
			this.lease.inCallback(false);
		}
		assertThat(this.lease.isValid()).isTrue();
		this.lease.polled(this.time - TimeUnit.SECONDS.toNanos(30), false);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void withoutAnsweredHeartbeatsItRunsOutInACallback() {
		this.lease.inCallback(true);
		for (int i = 0; i < 4; i++) {
			pass(3);
			this.lease.inCallback(false);
		}
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void anAnswerThatWaitedInABufferDoesNotRenewItInACallback() {
		this.lease.inCallback(true);
		pass(1);
		this.answered++;
		this.lease.inCallback(false);
		pass(30);
		this.answered++;
		this.lease.inCallback(false);
		assertThat(this.lease.isValid()).isFalse();
	}

	private void pass(int seconds) {
		this.time += TimeUnit.SECONDS.toNanos(seconds);
	}

}
