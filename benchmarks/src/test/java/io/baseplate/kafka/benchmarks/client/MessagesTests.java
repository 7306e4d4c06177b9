package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MessagesTests {

	@ParameterizedTest
	@ValueSource(longs = { 0, 7, 2_999_999, 9_999_999_999L })
	void aBodyIsOneKibibyteOfJsonWithItsNumber(long number) throws IOException {
		byte[] body = Messages.body(number);
		assertThat(body).hasSize(1024);
		assertThat(new ObjectMapper().readTree(body).get(Messages.ID).asLong()).isEqualTo(number);
	}

	@Test
	void allMessagesOfAKeyAreInOnePartition() {
		for (long number = 0; number < 100; number++) {
			assertThat(Messages.key(number + Messages.KEYS)).isEqualTo(Messages.key(number));
			assertThat(Messages.partition(number + Messages.KEYS)).isEqualTo(Messages.partition(number));
		}
		assertThat(new String(Messages.key(12), StandardCharsets.US_ASCII)).isEqualTo("link-12");
	}

}
