package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.baseplate.kafka.consumer.ClientFailures.SilentClientException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Which client is taken for one that sends no heartbeats any more.
 */
class HeartbeatWatchTests {

	private final AtomicLong time = new AtomicLong(1);

	private final CountedAnswers heartbeats = CountedAnswers.some();

	private final AtomicInteger questions = new AtomicInteger();

	private boolean answers = true;

	@Test
	void aClientWithoutHeartbeatsIsGivenUpWhenTheCoordinatorHasAnsweredForASession() {
		HeartbeatWatch watch = watch(new CountedAnswers());
		pass(watch, 60);
		assertThatExceptionOfType(SilentClientException.class).isThrownBy(() -> pass(watch, 30))
			.withMessageContaining("no heartbeat")
			.withMessageContaining("75 s");
	}

	@Test
	void whileHeartbeatsComeNothingIsAsked() {
		HeartbeatWatch watch = watch(new CountedAnswers());
		for (int i = 0; i < 20; i++) {
			pass(watch, 15);
			this.heartbeats.add(1);
		}
		assertThat(this.questions).hasValue(0);
	}

	@Test
	void aHeartbeatOrAMissingAnswerBeginsTheTimeAnew() {
		HeartbeatWatch watch = watch(new CountedAnswers());
		pass(watch, 70);
		this.heartbeats.add(1);
		pass(watch, 70);
		this.answers = false;
		pass(watch, 600);
		this.answers = true;
		pass(watch, 45);
		assertThatExceptionOfType(SilentClientException.class).isThrownBy(() -> pass(watch, 10));
	}

	@Test
	void underTheClassicProtocolHeartbeatsMayRest() {
		HeartbeatWatch watch = watch(CountedAnswers.some());
		pass(watch, 600);
		assertThat(this.questions).hasValue(0);
	}

	private HeartbeatWatch watch(CountedAnswers syncs) {
		return new HeartbeatWatch(this.time::get, Duration.ofSeconds(45).toNanos(), this.heartbeats, syncs, () -> {
			this.questions.incrementAndGet();
			return this.answers;
		});
	}

	private void pass(HeartbeatWatch watch, int seconds) {
		for (int i = 0; i < seconds; i++) {
			this.time.addAndGet(Duration.ofSeconds(1).toNanos());
			watch.look();
		}
	}

}
