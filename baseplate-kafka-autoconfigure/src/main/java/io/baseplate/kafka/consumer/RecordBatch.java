package io.baseplate.kafka.consumer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one partition that one read took. The reader makes it and links it into
 * the {@link WorkQueue}; handlers claim its messages one by one, without a lock, and mark
 * them done in any order. Sealing takes what is not claimed away from the handlers,
 * atomically: afterwards nothing of the batch can be claimed.
 */
final class RecordBatch {

	private static final VarHandle NEXT;

	private static final byte OPEN = 0;

	private static final byte FINISHED = 1;

	private static final byte ABANDONED = 2;

	/**
	 * Must not be begun before another message is done.
	 */
	private static final byte BLOCKED = 3;

	/**
	 * The same, and its turn in the queue is over: whoever ends the wait has it begun.
	 */
	private static final byte PASSED = 4;

	private static final VarHandle DONE = MethodHandles.arrayElementVarHandle(byte[].class);

	static {
		try {
			NEXT = MethodHandles.lookup().findVarHandle(RecordBatch.class, "next", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final @Nullable PartitionProgress progress;

	private final List<ConsumerRecord<byte[], byte[]>> records;

	private final int size;

	private final long endOffset;

	private final Optional<Integer> endEpoch;

	private final byte[] done;

	/**
	 * What waits for the messages; {@code null} where there is no order.
	 */
	private final @Nullable Successors successors;

	/**
	 * The following batch in the queue; this one itself once the queue has moved past it,
	 * so that whoever still has a message of it does not keep all that came after.
	 */
	private volatile @Nullable RecordBatch following;

	/**
	 * How many messages have been claimed; written through {@link #NEXT}.
	 */
	private volatile int next;

	/**
	 * How many messages from the beginning may be claimed.
	 */
	private volatile int released;

	/**
	 * Where the batch was sealed: messages from here on were never claimed. Written by
	 * the reader.
	 */
	private volatile int sealedAt;

	/**
	 * How many messages were released one by one; the reader's own.
	 */
	private int releases;

	/**
	 * Length of the completed prefix; the reader's own.
	 */
	private int prefix;

	RecordBatch(PartitionProgress progress, List<ConsumerRecord<byte[], byte[]>> records, long endOffset,
			Optional<Integer> endEpoch) {
		this.progress = progress;
		this.records = records;
		this.size = records.size();
		this.endOffset = endOffset;
		this.endEpoch = endEpoch;
		this.done = new byte[this.size];
		this.successors = progress.isOrdered() ? new Successors(this.size) : null;
		this.sealedAt = this.size;
	}

	/**
	 * An exhausted batch, for the queue to begin with.
	 */
	RecordBatch() {
		this.progress = null;
		this.records = List.of();
		this.size = 0;
		this.endOffset = -1;
		this.endEpoch = Optional.empty();
		this.done = new byte[0];
		this.successors = null;
	}

	PartitionProgress progress() {
		PartitionProgress progress = this.progress;
		if (progress == null) {
			throw new IllegalStateException("The queue's first batch has no partition");
		}
		return progress;
	}

	ConsumerRecord<byte[], byte[]> record(int index) {
		return this.records.get(index);
	}

	int size() {
		return this.size;
	}

	long endOffset() {
		return this.endOffset;
	}

	Optional<Integer> endEpoch() {
		return this.endEpoch;
	}

	@Nullable RecordBatch following() {
		return this.following;
	}

	void follow(RecordBatch following) {
		this.following = following;
	}

	/**
	 * The queue has moved past this batch. The handler thread that moved it.
	 */
	void passed() {
		this.following = this;
	}

	/**
	 * Let handlers claim everything. Reader thread.
	 */
	void releaseAll() {
		this.released = this.size;
	}

	/**
	 * Let handlers claim one message more. Reader thread.
	 */
	void releaseOne() {
		this.releases++;
		this.released = this.releases;
	}

	/**
	 * Whether the message that was released last has come to an end, or has been taken
	 * away. Reader thread.
	 * @return {@code true} where no handler has it or can get it
	 */
	boolean isReleasedEnded() {
		int last = this.released - 1;
		return last < 0 || last >= this.sealedAt || state(last) != OPEN;
	}

	boolean isFullyReleased() {
		return this.released >= this.size;
	}

	/**
	 * Claim the next message. Any handler thread.
	 * @return its index, or -1 where nothing can be claimed now
	 */
	int claim() {
		while (true) {
			int index = this.next;
			if (index >= this.size || index >= this.released) {
				return -1;
			}
			if (NEXT.compareAndSet(this, index, index + 1)) {
				return index;
			}
		}
	}

	boolean isClaimable() {
		int index = this.next;
		return index < this.size && index < this.released;
	}

	boolean isExhausted() {
		return this.next >= this.size;
	}

	/**
	 * Take what is not claimed away from the handlers. Reader thread.
	 * @return how many messages that were
	 */
	int seal() {
		int claimed = (int) NEXT.getAndSet(this, this.size);
		if (claimed >= this.size) {
			return 0;
		}
		this.sealedAt = claimed;
		return this.size - claimed;
	}

	/**
	 * Take away what was claimed and waits for another message, once the rest is sealed.
	 * Reader thread.
	 * @return how many messages that were
	 */
	int sealWaiting() {
		int sealed = 0;
		for (int i = this.prefix; i < this.sealedAt && isOrdered(); i++) {
			if (sealWaiting(i)) {
				sealed++;
			}
		}
		return sealed;
	}

	/**
	 * The same, but only behind the last message that was begun. Reader thread.
	 * @return how many messages that were: all up to {@link #sealedAt()} where none was
	 * begun
	 */
	int sealWaitingTail() {
		int first = this.sealedAt;
		while (first > 0 && sealWaiting(first - 1)) {
			first--;
		}
		return this.sealedAt - first;
	}

	private boolean sealWaiting(int index) {
		return DONE.compareAndSet(this.done, index, BLOCKED, ABANDONED)
				|| DONE.compareAndSet(this.done, index, PASSED, ABANDONED);
	}

	/**
	 * Whether messages may have to wait for each other.
	 * @return {@code false} where each of them may be begun as soon as it is claimed
	 */
	boolean isOrdered() {
		return this.successors != null;
	}

	/**
	 * A message of this batch must not be begun before another one is done. Reader
	 * thread, before anyone else sees the batch.
	 * @param batch the other message's batch; nothing waits for that message yet
	 * @param index the other message's index there
	 * @param waiting the index of the message that waits
	 */
	void waitFor(RecordBatch batch, int index, int waiting) {
		this.done[waiting] = BLOCKED;
		Successors successors = batch.successors;
		if (successors == null || !successors.enter(index, this, waiting)) {
			this.done[waiting] = OPEN;
		}
	}

	/**
	 * A message was claimed. Its handler thread.
	 * @param index which
	 * @return {@code false} where it must not be begun now: it waits, or was taken away
	 */
	boolean isFree(int index) {
		return !DONE.compareAndSet(this.done, index, BLOCKED, PASSED) && isOpen(index);
	}

	boolean isOpen(int index) {
		return state(index) == OPEN;
	}

	/**
	 * A message has come to its end: where it is done, end the wait of the one that waits
	 * for it, if there is one. Any thread, once for each message.
	 * @param index which
	 * @return the batch of the message whose wait has ended, where that is to be begun by
	 * {@link #begin(int)}, because its turn in the queue is over; otherwise {@code null}
	 */
	@Nullable RecordBatch handOn(int index) {
		if (this.successors == null || !isDone(index)) {
			return null;
		}
		RecordBatch batch = this.successors.close(index);
		if (batch == null || DONE.compareAndSet(batch.done, this.successors.index(index), BLOCKED, OPEN)) {
			return null;
		}
		return batch;
	}

	/**
	 * The index of the message whose wait has ended.
	 * @param index the message that it waited for
	 * @return the index in the batch that {@link #handOn(int)} returned
	 */
	int successor(int index) {
		if (this.successors == null) {
			throw new IllegalStateException("Without an order there are no successors");
		}
		return this.successors.index(index);
	}

	/**
	 * Begin a message that has waited and whose turn is over. Any thread.
	 * @param index which
	 * @return {@code false} where it has been taken away
	 */
	boolean begin(int index) {
		return DONE.compareAndSet(this.done, index, PASSED, OPEN);
	}

	/**
	 * Index of the first message that sealing took away.
	 * @return the index, the size where there is none
	 */
	int sealedAt() {
		return this.sealedAt;
	}

	/**
	 * A message is done. A handler thread. The write is volatile, so that either the
	 * handler sees what the reader wants to hear of, or the reader sees the message done.
	 * @param index which
	 * @return {@code false} where it has been abandoned before
	 */
	boolean markDone(int index) {
		return DONE.compareAndSet(this.done, index, OPEN, FINISHED);
	}

	/**
	 * A message will not be done: it failed, or nobody waits for it any more.
	 * @param index which
	 * @return {@code false} where it is done or has been abandoned before
	 */
	boolean abandon(int index) {
		return DONE.compareAndSet(this.done, index, OPEN, ABANDONED);
	}

	/**
	 * Abandon every message that handlers work on now. Reader thread.
	 * @return how many messages that were
	 */
	int abandonInFlight() {
		int claimed = Math.min(this.next, this.sealedAt);
		int abandoned = 0;
		for (int i = this.prefix; i < claimed; i++) {
			if (abandon(i)) {
				abandoned++;
			}
		}
		return abandoned;
	}

	boolean isDone(int index) {
		return state(index) == FINISHED;
	}

	private byte state(int index) {
		return (byte) DONE.getVolatile(this.done, index);
	}

	/**
	 * Move over the messages that are done. Reader thread.
	 * @return the length of the completed prefix
	 */
	int advance() {
		int prefix = this.prefix;
		while (prefix < this.size && isDone(prefix)) {
			prefix++;
		}
		this.prefix = prefix;
		return prefix;
	}

	int prefix() {
		return this.prefix;
	}

	/**
	 * How many messages a handler has or can still get. Reader thread.
	 * @return the number
	 */
	int pending() {
		int pending = 0;
		for (int i = this.prefix; i < this.sealedAt; i++) {
			byte state = state(i);
			if (state != FINISHED && state != ABANDONED) {
				pending++;
			}
		}
		return pending;
	}

	/**
	 * How many claimed messages are not done. Reader thread.
	 * @return the number
	 */
	int inFlight() {
		int claimed = Math.min(this.next, this.sealedAt);
		int inFlight = 0;
		for (int i = this.prefix; i < claimed; i++) {
			if (state(i) == OPEN) {
				inFlight++;
			}
		}
		return inFlight;
	}

}
