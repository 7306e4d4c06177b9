package io.baseplate.kafka.observation;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KeyTextTests {

	@Test
	void utf8IsText() {
		assertThat(KeyText.of(TestMessages.bytes("schlüssel-鍵"))).isEqualTo("schlüssel-鍵");
		assertThat(KeyText.of(new byte[0])).isEmpty();
	}

	@Test
	void aReplacementCharacterInTheKeyIsText() {
		assertThat(KeyText.of(TestMessages.bytes("odd\uFFFD"))).isEqualTo("odd\uFFFD");
	}

	@Test
	void whatIsNotUtf8IsHex() {
		assertThat(KeyText.of(new byte[] { (byte) 0xca, (byte) 0xfe, 0x01 })).isEqualTo("cafe01");
	}

	@Test
	void noKeyIsNoText() {
		assertThat(KeyText.of(null)).isNull();
	}

}
