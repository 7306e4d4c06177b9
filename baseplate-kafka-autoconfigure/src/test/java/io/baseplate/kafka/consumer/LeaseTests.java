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

	private final CountedAnswers heartbeats = CountedAnswers.some();

	private final CountedAnswers syncs = CountedAnswers.some();

	private final Lease lease = lease(Duration.ofMinutes(5));

	@Test
	void lastsForTheSessionTimeoutFromTheHeartbeatThatWasAnswered() {
		pass(5000);
		poll(true);
		pass(100);
		this.heartbeats.add(50);
		poll(true);
		poll(true);
		// The answer came after the look at 5,000 ms, to a heartbeat that was sent at
		// most
		// 50 ms before that.
		pass(4950 + 10_000 - 5100 - 1);
		assertThat(this.lease.isValid()).isTrue();
		pass(1);
		assertThat(this.lease.isValid()).isFalse();
		assertThat(this.lease.wasExpired()).isTrue();
		assertThat(this.lease.wasExpired()).isFalse();
	}

	@Test
	void pollsDoNotRenewItWhileTheBrokersAreSilent() {
		for (int i = 0; i < 21; i++) {
			assertThat(this.lease.isValid()).isEqualTo(i < 20);
			pass(500);
			poll(true);
		}
		assertThat(this.lease.isValid()).isFalse();
		assertThat(this.lease.age()).isZero();
	}

	@Test
	void answeredHeartbeatsRenewIt() {
		for (int i = 0; i < 40; i++) {
			pass(500);
			if (i % 6 == 5) {
				this.heartbeats.add(20);
			}
			poll(true);
			assertThat(this.lease.isValid()).isTrue();
		}
	}

	@Test
	void anAnswerIsBelievedAfterThePollThatDealtWithIt() {
		pass(11_000);
		poll(true);
		pass(500);
		this.heartbeats.add(20);
		poll(true);
		assertThat(this.lease.isValid()).isFalse();
		poll(false);
		assertThat(this.lease.isValid()).isFalse();
		poll(true);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void anAnswerThatWaitedInABufferWhileTheProcessStoodStillProvesNothing() {
		pass(500);
		poll(true);
		pass(60_000);
		this.heartbeats.add(20);
		poll(true);
		poll(true);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void anAnswerThatTookLongSaysLittle() {
		pass(4000);
		poll(true);
		pass(4000);
		this.heartbeats.add(8000);
		poll(true);
		poll(true);
		pass(2000);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void afterSlowAnswersARoundTripTellsThatTheNextOnesAreYoung() {
		anAnswerThatTookLongSaysLittle();
		assertThat(this.lease.isRunningOut()).isTrue();
		this.lease.roundTrip(this.time);
		poll(true);
		pass(1000);
		this.heartbeats.add(8000);
		poll(true);
		poll(true);
		assertThat(this.lease.isValid()).isTrue();
		assertThat(this.lease.isRunningOut()).isFalse();
		pass(9000);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void anAnswerThatMayHaveComeBeforeTheRoundTripProvesNothing() {
		anAnswerThatTookLongSaysLittle();
		this.lease.roundTrip(this.time);
		this.heartbeats.add(8000);
		poll(true);
		poll(true);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void itDoesNotRunOutForWantOfARoundTripWhereAnswersAreFastOrNone() {
		pass(9000);
		poll(true);
		assertThat(this.lease.isRunningOut()).isFalse();
	}

	@Test
	void endsWhereNoPollHasBegunForTheMaximumPollInterval() {
		Lease lease = lease(Duration.ofSeconds(2));
		pass(1000);
		lease.polled(this.time, true, false);
		pass(1999);
		assertThat(lease.isValid()).isTrue();
		pass(1);
		assertThat(lease.isValid()).isFalse();
		// Unlike the session, this begins anew with a poll: the client leaves the group
		// otherwise, and says so; but perhaps only in the poll after.
		lease.polled(this.time, true, false);
		assertThat(lease.isValid()).isFalse();
		assertThat(lease.polling()).isTrue();
		lease.polled(this.time, false, false);
		assertThat(lease.isValid()).isFalse();
		lease.polled(this.time, true, false);
		lease.polled(this.time, true, false);
		assertThat(lease.isValid()).isTrue();
		assertThat(lease.polling()).isFalse();
	}

	@Test
	void whereNothingIsOwnedThereIsNothingToProve() {
		pass(11_000);
		this.lease.polling();
		this.lease.polled(this.time, true, true);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void whatIsAssignedAfterEverythingWentIsOurs() {
		pass(11_000);
		poll(true);
		this.lease.ownsNothing();
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void aClientThatDoesNotCountHeartbeatsIsBelievedAfterAPoll() {
		Lease lease = new Lease(() -> this.time, Duration.ofSeconds(10), Duration.ofMinutes(5),
				CountedAnswers.none(() -> this.time));
		pass(11_000);
		assertThat(lease.isValid()).isFalse();
		lease.polled(this.time, false, false);
		assertThat(lease.isValid()).isTrue();
	}

	@Test
	void heartbeatsRenewItWhileACallbackWaits() {
		poll(true);
		for (int i = 1; i <= 300; i++) {
			pass(100);
			if (i % 30 == 0) {
				this.heartbeats.add(20);
			}
			this.lease.inCallback();
			assertThat(this.lease.isValid()).isTrue();
		}
	}

	@Test
	void withoutAnsweredHeartbeatsItRunsOutInACallback() {
		poll(true);
		for (int i = 0; i < 100; i++) {
			pass(100);
			this.lease.inCallback();
		}
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void inACallbackTheLastAnswerIsNotBelievedBecauseItMayHaveBeenThatTheMemberIsNone() {
		poll(true);
		pass(6000);
		this.lease.inCallback();
		this.heartbeats.add(20);
		pass(100);
		this.lease.inCallback();
		pass(3900);
		this.lease.inCallback();
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void anAnswerThatComesDuringACallbackIsConfirmedByAPollThatBeginsAfterIt() {
		poll(true);
		pass(9000);
		this.lease.polling();
		this.lease.inCallback();
		this.heartbeats.add(20);
		pass(100);
		this.lease.inCallback();
		this.lease.polled(this.time, true, false);
		pass(1000);
		assertThat(this.lease.isValid()).isFalse();
		poll(true);
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void joiningProvesMembershipThoughNoHeartbeatsAreSentWhileItLasts() {
		for (int i = 0; i < 30; i++) {
			pass(500);
			poll(true);
		}
		assertThat(this.lease.isValid()).isFalse();
		this.syncs.add(30);
		this.lease.joined();
		assertThat(this.lease.isValid()).isTrue();
	}

	@Test
	void anAnswerOfAJoinThatWasSeenInAPollIsBelievedOnlyWhenTheClientCallsBack() {
		pass(10_000);
		poll(true);
		pass(500);
		this.syncs.add(30);
		poll(true);
		poll(true);
		assertThat(this.lease.isValid()).isFalse();
		this.lease.joined();
		assertThat(this.lease.isValid()).isTrue();
		pass(10_000);
		this.lease.joined();
		assertThat(this.lease.isValid()).isFalse();
	}

	/**
	 * Heartbeats every 3 s, whenever the first is, and polls of half a second, of which
	 * each ends before the next round trip.
	 */
	@Test
	void withRoundTripsItDoesNotRunOutBetweenTwoHeartbeats() {
		for (int phase = 0; phase < 3000; phase += 50) {
			Lease lease = lease(Duration.ofMinutes(5));
			long tried = this.time - TimeUnit.SECONDS.toNanos(1);
			lease.roundTrip(this.time);
			int invalid = 0;
			for (int millis = 0; millis < 60_000; millis += 50) {
				if (millis % 3000 == phase) {
					this.heartbeats.add(60_000);
				}
				if (millis % 500 == 0) {
					if (lease.isRunningOut() && this.time - tried >= TimeUnit.SECONDS.toNanos(1)) {
						tried = this.time;
						lease.roundTrip(this.time);
					}
					lease.polling();
				}
				if (millis % 500 == 450) {
					lease.polled(this.time - TimeUnit.MILLISECONDS.toNanos(450), true, false);
				}
				pass(50);
				if (!lease.isValid()) {
					invalid++;
				}
			}
			assertThat(invalid).as("phase %d", phase).isZero();
		}
	}

	private Lease lease(Duration maxPollInterval) {
		return new Lease(() -> this.time, Duration.ofSeconds(10), maxPollInterval,
				new Evidence(() -> this.time, this.heartbeats, this.syncs));
	}

	private void poll(boolean returns) {
		this.lease.polling();
		this.lease.polled(this.time, returns, false);
	}

	private void pass(int millis) {
		this.time += TimeUnit.MILLISECONDS.toNanos(millis);
	}

}
