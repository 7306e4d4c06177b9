package io.baseplate.kafka.consumer;

import java.time.Duration;

import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.consumer.ClientFailures.SilentClientException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * After which failures another client goes on.
 */
class ClientFailuresTests {

	private final ClientFailures failures = new ClientFailures();

	@Test
	void anotherClientGoesOnWhereOneGaveUpAtAnAnswerThatItDidNotExpect() {
		assertThat(isCured(new UnknownServerException("unexpected"), 0, 1)).isTrue();
		assertThat(isCured(new GroupIdNotFoundException("gone"), 1, 2)).isTrue();
		assertThat(isCured(new InvalidRequestException("not now"), 2, 3)).isTrue();
		assertThat(isCured(new SilentClientException("no heartbeats"), 3, 4)).isTrue();
		assertThat(isCured(new UnreleasedInstanceIdException("held"), 4, 5)).isTrue();
	}

	@Test
	void whatSomebodyHasToMendIsAFailure() {
		assertThat(isCured(new GroupAuthorizationException("group"), 0, 1)).isFalse();
		assertThat(isCured(new KafkaException("something else"), 0, 1)).isFalse();
		assertThat(this.failures.isCuredByAnother(new Failure("none", null, -1, null), 0, 1)).isFalse();
	}

	@Test
	void whatAHandlerThrewIsTheHandlers() {
		Failure failure = new Failure("broken", new TopicPartition("topic", 0), 3, new UnknownServerException("mine"));
		assertThat(this.failures.isCuredByAnother(failure, 0, 1)).isFalse();
	}

	@Test
	void clientsThatFailOneAfterTheOtherForTwoMinutesAreAFailure() {
		UnknownServerException ex = new UnknownServerException("unexpected");
		assertThat(isCured(ex, 0, 200)).isTrue();
		assertThat(isCured(ex, 201, 260)).isTrue();
		assertThat(isCured(ex, 261, 319)).isTrue();
		assertThat(isCured(ex, 319, 321)).isFalse();
		// One has worked for long meanwhile.
		assertThat(isCured(ex, 400, 521)).isTrue();
		assertThat(isCured(ex, 522, 600)).isTrue();
	}

	private boolean isCured(RuntimeException cause, long begun, long now) {
		return this.failures.isCuredByAnother(new Failure("failed", null, -1, cause),
				Duration.ofSeconds(begun).toNanos(), Duration.ofSeconds(now).toNanos());
	}

}
