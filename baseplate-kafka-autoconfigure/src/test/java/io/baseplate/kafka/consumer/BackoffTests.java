package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The waits between restarts.
 */
class BackoffTests {

	@Test
	void waitsDoubleUpToTheLongestAndBeginAnewAfterAReset() {
		Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5));
		assertThat(Stream.generate(backoff::next).limit(5)).extracting(Duration::toSeconds)
			.containsExactly(1L, 2L, 4L, 5L, 5L);
		backoff.reset();
		assertThat(Stream.generate(backoff::next).limit(2)).extracting(Duration::toSeconds).containsExactly(1L, 2L);
	}

}
