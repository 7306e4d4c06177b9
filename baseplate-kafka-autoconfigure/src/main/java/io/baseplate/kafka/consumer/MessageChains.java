package io.baseplate.kafka.consumer;

import io.baseplate.kafka.Ordering;
import org.jspecify.annotations.Nullable;

/**
 * Links the messages of one assignment that have to be handled one after the other: each
 * one waits for the last before it that has the same key, or for the one before it where
 * the order is that of the partition. Reader thread.
 * <p>
 * The last message of each key is found in a table with open addressing, by the hash of
 * the key. The table knows batches by their number and not by reference, so that it keeps
 * none of them in memory. What is done in the meantime is not taken out, but left out
 * when the table is made anew because it is half full: it stays as small as what is in
 * the queue and in the hands of handlers.
 */
final class MessageChains {

	private static final int SMALLEST = 32;

	private final boolean byKey;

	/**
	 * The batches that are not done, oldest first: a ring, in which a batch is found by
	 * its number.
	 */
	private @Nullable RecordBatch[] batches = new RecordBatch[8];

	/**
	 * Number of the oldest batch in the ring, and of the next one; 0 is no number.
	 */
	private long first = 1;

	private long next = 1;

	/**
	 * The table: the hash of a key, and the number and index of its last message. A place
	 * without a number is empty.
	 */
	private long[] hashes;

	private long[] numbers;

	private int[] indexes;

	private int used;

	private MessageChains(boolean byKey) {
		this.byKey = byKey;
		int capacity = byKey ? SMALLEST : 0;
		this.hashes = new long[capacity];
		this.numbers = new long[capacity];
		this.indexes = new int[capacity];
	}

	/**
	 * The chains of an ordering.
	 * @param ordering the ordering
	 * @return the chains, or {@code null} where there is no order
	 */
	static @Nullable MessageChains of(Ordering ordering) {
		return (ordering != Ordering.NONE) ? new MessageChains(ordering == Ordering.KEY) : null;
	}

	/**
	 * Link the messages of a batch that nobody else has seen yet.
	 * @param batch the batch
	 */
	void link(RecordBatch batch) {
		long number = this.next;
		if (number - this.first == this.batches.length) {
			grow();
		}
		this.batches[place(number)] = batch;
		this.next++;
		if (this.byKey) {
			for (int i = 0; i < batch.size(); i++) {
				byte[] key = batch.record(i).key();
				if (key != null) {
					link(KeyHash.of(key), number, batch, i);
				}
			}
		}
		else {
			RecordBatch before = batch(number - 1);
			if (before != null) {
				batch.waitFor(before, before.size() - 1, 0);
			}
			for (int i = 1; i < batch.size(); i++) {
				batch.waitFor(batch, i - 1, i);
			}
		}
	}

	/**
	 * The oldest batch is done.
	 */
	void closed() {
		this.batches[place(this.first)] = null;
		this.first++;
	}

	private void link(long hash, long number, RecordBatch batch, int index) {
		if (this.used * 2 >= this.hashes.length) {
			rebuild();
		}
		int place = find(hash);
		long before = this.numbers[place];
		int indexBefore = this.indexes[place];
		this.hashes[place] = hash;
		this.numbers[place] = number;
		this.indexes[place] = index;
		if (before == 0) {
			this.used++;
		}
		RecordBatch batchBefore = batch(before);
		if (batchBefore != null) {
			batch.waitFor(batchBefore, indexBefore, index);
		}
	}

	private int find(long hash) {
		int mask = this.hashes.length - 1;
		int place = (int) hash & mask;
		while (this.numbers[place] != 0 && this.hashes[place] != hash) {
			place = (place + 1) & mask;
		}
		return place;
	}

	/**
	 * Make the table anew from what is not done.
	 */
	private void rebuild() {
		long[] hashes = this.hashes;
		long[] numbers = this.numbers;
		int[] indexes = this.indexes;
		int live = 0;
		for (int i = 0; i < numbers.length; i++) {
			RecordBatch batch = batch(numbers[i]);
			if (batch != null && !batch.isDone(indexes[i])) {
				live++;
			}
			else {
				numbers[i] = 0;
			}
		}
		int capacity = Math.max(SMALLEST, Integer.highestOneBit(live * 4) * 2);
		this.hashes = new long[capacity];
		this.numbers = new long[capacity];
		this.indexes = new int[capacity];
		this.used = live;
		for (int i = 0; i < numbers.length; i++) {
			if (numbers[i] != 0) {
				int place = find(hashes[i]);
				this.hashes[place] = hashes[i];
				this.numbers[place] = numbers[i];
				this.indexes[place] = indexes[i];
			}
		}
	}

	private @Nullable RecordBatch batch(long number) {
		return (number >= this.first && number < this.next) ? this.batches[place(number)] : null;
	}

	private int place(long number) {
		return (int) number & (this.batches.length - 1);
	}

	private void grow() {
		@Nullable RecordBatch[] former = this.batches;
		this.batches = new RecordBatch[former.length * 2];
		for (long number = this.first; number < this.next; number++) {
			this.batches[place(number)] = former[(int) number & (former.length - 1)];
		}
	}

}
