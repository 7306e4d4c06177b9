package io.baseplate.kafka.chaos.check;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What one partition holds at the end of a run, in arrays: the index of a message is its
 * place among the messages, whatever gaps the offsets have.
 */
final class Messages {

	static final Messages NONE = new Messages(new long[0], new long[0], new BitSet(), 0);

	private final long[] offsets;

	private final long[] ids;

	private final BitSet invalid;

	private final long end;

	Messages(long[] offsets, long[] ids, BitSet invalid, long end) {
		this.offsets = offsets;
		this.ids = ids;
		this.invalid = invalid;
		this.end = end;
	}

	int size() {
		return this.offsets.length;
	}

	/**
	 * The offset behind the last message and everything else that the log holds.
	 */
	long end() {
		return this.end;
	}

	long offset(int index) {
		return this.offsets[index];
	}

	long id(int index) {
		return this.ids[index];
	}

	/**
	 * Whether the body cannot be unpacked: the message is done without its handler.
	 */
	boolean isInvalid(int index) {
		return this.invalid.get(index);
	}

	/**
	 * The index of a message, -1 where there is none with that offset and id.
	 */
	int indexOf(long offset, long id) {
		int index = lowerBound(offset);
		return (index < size() && this.offsets[index] == offset && this.ids[index] == id) ? index : -1;
	}

	/**
	 * The index of the first message that is not below an offset; the number of messages
	 * where there is none.
	 */
	int lowerBound(long offset) {
		int size = size();
		if (size == 0 || offset <= this.offsets[0]) {
			return 0;
		}
		if (offset > this.offsets[size - 1]) {
			return size;
		}
		// Offsets ascend by one at least, so the message cannot be behind this place, and
		// is at this place where nothing is missing.
		int latest = (int) Math.min(size - 1, offset - this.offsets[0]);
		if (this.offsets[latest] == offset) {
			return latest;
		}
		int found = Arrays.binarySearch(this.offsets, 0, latest + 1, offset);
		return (found >= 0) ? found : -found - 1;
	}

}
