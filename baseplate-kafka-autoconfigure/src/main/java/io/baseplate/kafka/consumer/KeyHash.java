package io.baseplate.kafka.consumer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 64 bits that stand for a key. Two keys with the same bits count as one: their
 * messages wait for each other without need, and nothing else comes of it.
 */
final class KeyHash {

	private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private KeyHash() {
	}

	static long of(byte[] key) {
		long hash = key.length;
		int at = 0;
		for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
			hash = mix(hash ^ (long) WORDS.get(key, at));
		}
		long rest = 0;
		for (; at < key.length; at++) {
			rest = (rest << Byte.SIZE) | (key[at] & 0xff);
		}
		return mix(hash ^ rest);
	}

	/**
	 * Spread each bit over all of them, as splitmix64 does.
	 */
	private static long mix(long value) {
		long mixed = value + 0x9e3779b97f4a7c15L;
		mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

}
