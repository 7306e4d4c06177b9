package io.baseplate.kafka.observation;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * A message's key for people to read: UTF-8, or hex where it is not UTF-8.
 */
final class KeyText {

	private static final char REPLACEMENT = '\uFFFD';

	private KeyText() {
	}

	static @Nullable String of(byte @Nullable [] key) {
		if (key == null) {
			return null;
		}
		String text = new String(key, StandardCharsets.UTF_8);
		// Only a text with replacement characters can have been malformed.
		return (text.indexOf(REPLACEMENT) < 0 || isWellFormed(key)) ? text : HexFormat.of().formatHex(key);
	}

	private static boolean isWellFormed(byte[] key) {
		try {
			StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(key));
			return true;
		}
		catch (CharacterCodingException ex) {
			return false;
		}
	}

}
