package io.baseplate.kafka.chaos.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The layout of a journal: one page of header, then records of 40 bytes, little-endian.
 * The last word of a record holds its type and is written last, so a record either has
 * all its words or counts as never written.
 */
final class JournalFormat {

	static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

	static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ORDER);

	static final long MAGIC = 0x314c4e524a534f48L;

	static final int HEADER_BYTES = 4096;

	static final int HEADER_MAGIC = 0;

	static final int HEADER_PID = 8;

	static final int HEADER_NANOS = 16;

	static final int HEADER_WALL_NANOS = 24;

	static final int RECORD_BYTES = 40;

	static final int NANOS = 0;

	static final int OFFSET = 8;

	static final int ID = 16;

	static final int VALUE = 24;

	static final int LAST_WORD = 32;

	/** A chunk holds whole records and whole pages. */
	static final int RECORDS_PER_CHUNK = 409_600;

	static final int CHUNK_BYTES = RECORDS_PER_CHUNK * RECORD_BYTES;

	private JournalFormat() {
	}

	static long lastWord(EventType type, int cell, int partition) {
		return ((long) partition << 32) | ((cell & 0xffL) << 8) | type.code();
	}

	static int typeCode(long lastWord) {
		return (int) (lastWord & 0xff);
	}

	static int cell(long lastWord) {
		return (byte) (lastWord >>> 8);
	}

	static int partition(long lastWord) {
		return (int) (lastWord >>> 32);
	}

}
