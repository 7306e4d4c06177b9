package io.baseplate.kafka.consumer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * For each message of a batch, the message that must wait until it is done. The reader
 * enters it, and whoever has handled the message closes the entry: whichever comes first,
 * one of them sees the other.
 */
final class Successors {

	private static final VarHandle BATCH = MethodHandles.arrayElementVarHandle(RecordBatch[].class);

	private static final RecordBatch CLOSED = new RecordBatch();

	private final @Nullable RecordBatch[] batches;

	private final int[] indexes;

	Successors(int size) {
		this.batches = new RecordBatch[size];
		this.indexes = new int[size];
	}

	/**
	 * Let a message wait. Reader thread.
	 * @param index the message to wait for; nothing waits for it yet
	 * @param batch the waiting message's batch
	 * @param waiting the waiting message's index there
	 * @return {@code false} where there is nothing to wait for any more
	 */
	boolean enter(int index, RecordBatch batch, int waiting) {
		this.indexes[index] = waiting;
		return BATCH.compareAndSet(this.batches, index, null, batch);
	}

	/**
	 * A message is done: nothing can be made to wait for it from now on. Any thread, once
	 * for each message.
	 * @param index which
	 * @return the batch of the message that waits for it, or {@code null} where none does
	 */
	@Nullable RecordBatch close(int index) {
		return (RecordBatch) BATCH.getAndSet(this.batches, index, CLOSED);
	}

	/**
	 * The index of the message that waits.
	 * @param index the message that it waits for, whose entry has just been closed
	 * @return the index in the batch that closing returned
	 */
	int index(int index) {
		return this.indexes[index];
	}

}
