package io.baseplate.kafka.consumer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import io.baseplate.kafka.Ordering;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far one assignment of one partition has come: which messages are done and how far
 * everything before is done (the frontier). A new assignment, and a new incarnation of
 * the partition's log, is a new instance, so that late outcomes of an old one fall away
 * by themselves.
 * <p>
 * The reader thread alone calls the methods that change something; handlers touch only
 * their {@link RecordBatch}, and {@link #handled(long)}. Offsets and counts may be read
 * by any thread.
 */
final class PartitionProgress {

	static final long UNKNOWN = -1;

	private static final AtomicLongFieldUpdater<PartitionProgress> LAST_HANDLED = AtomicLongFieldUpdater
		.newUpdater(PartitionProgress.class, "lastHandled");

	private final TopicPartition topicPartition;

	/**
	 * Batches whose messages are not all done, oldest first.
	 */
	private final Deque<RecordBatch> open = new ArrayDeque<>();

	/**
	 * What waits for what; {@code null} where there is no order.
	 */
	private final @Nullable MessageChains chains;

	private volatile long position = UNKNOWN;

	private volatile long frontier = UNKNOWN;

	private volatile long committed = UNKNOWN;

	private volatile long endOffset = UNKNOWN;

	private volatile long lastHandled = UNKNOWN;

	private Optional<Integer> positionEpoch = Optional.empty();

	private Optional<Integer> frontierEpoch = Optional.empty();

	/**
	 * Messages read, messages before the frontier less those of the open head, and
	 * messages that the last acknowledged commit covers.
	 */
	private long readCount;

	private long closedCount;

	private long committedCount;

	PartitionProgress(TopicPartition topicPartition) {
		this(topicPartition, Ordering.NONE);
	}

	PartitionProgress(TopicPartition topicPartition, Ordering ordering) {
		this.topicPartition = topicPartition;
		this.chains = MessageChains.of(ordering);
	}

	TopicPartition topicPartition() {
		return this.topicPartition;
	}

	/**
	 * Whether messages may have to wait for each other.
	 * @return {@code false} where there is no order
	 */
	boolean isOrdered() {
		return this.chains != null;
	}

	/**
	 * Begin at a position.
	 * @param position the next offset to be read
	 * @param epoch the leader epoch of that position, where known
	 * @param committed the committed offset
	 */
	void begin(long position, Optional<Integer> epoch, long committed) {
		this.position = position;
		this.frontier = position;
		this.positionEpoch = epoch;
		this.frontierEpoch = epoch;
		this.committed = committed;
	}

	/**
	 * Whether a read continues this instance: its offsets are not below the position.
	 * @param firstOffset the first offset of the read, or its next offset where it has no
	 * messages
	 * @return {@code false} where a new incarnation of the log has begun
	 */
	boolean isContinuedBy(long firstOffset) {
		return firstOffset >= this.position;
	}

	/**
	 * Messages were read.
	 * @param records the messages, at least one, offsets ascending
	 * @param nextOffset the position after them
	 * @param epoch the leader epoch of that position
	 * @return the batch for the queue
	 */
	RecordBatch append(List<ConsumerRecord<byte[], byte[]>> records, long nextOffset, Optional<Integer> epoch) {
		RecordBatch batch = new RecordBatch(this, records, nextOffset, epoch);
		this.open.addLast(batch);
		if (this.chains != null) {
			this.chains.link(batch);
		}
		this.readCount += records.size();
		this.position = nextOffset;
		this.positionEpoch = epoch;
		return batch;
	}

	/**
	 * The position moved over offsets without messages: transaction markers, aborted
	 * messages, compaction.
	 * @param nextOffset the position now
	 * @param epoch the leader epoch of that position
	 */
	void skipTo(long nextOffset, Optional<Integer> epoch) {
		this.position = nextOffset;
		this.positionEpoch = epoch;
	}

	/**
	 * Move the frontier over everything that is done.
	 * @return the frontier: the offset to commit
	 */
	long advance() {
		while (true) {
			RecordBatch head = this.open.peekFirst();
			if (head == null) {
				return frontier(this.position, this.positionEpoch);
			}
			int prefix = head.advance();
			if (prefix < head.size()) {
				if (prefix == 0) {
					return this.frontier;
				}
				ConsumerRecord<byte[], byte[]> last = head.record(prefix - 1);
				return frontier(last.offset() + 1, last.leaderEpoch());
			}
			this.open.removeFirst();
			if (this.chains != null) {
				this.chains.closed();
			}
			this.closedCount += head.size();
			frontier(head.endOffset(), head.endEpoch());
		}
	}

	private long frontier(long offset, Optional<Integer> epoch) {
		if (offset > this.frontier) {
			this.frontier = offset;
			this.frontierEpoch = epoch;
		}
		return this.frontier;
	}

	/**
	 * What may be committed now.
	 * @param allRead whether what was read counts, handled or not
	 * @return the point
	 */
	Point point(boolean allRead) {
		long frontier = advance();
		if (allRead) {
			return new Point(this.position, this.positionEpoch, this.readCount);
		}
		RecordBatch head = this.open.peekFirst();
		long count = this.closedCount + ((head != null) ? head.prefix() : 0);
		return new Point(frontier, this.frontierEpoch, count);
	}

	/**
	 * A commit was acknowledged.
	 * @param point what was committed
	 */
	void acknowledged(Point point) {
		if (point.offset() > this.committed) {
			this.committed = point.offset();
			this.committedCount = Math.max(this.committedCount, point.count());
		}
	}

	/**
	 * Messages that were read and are not covered by an acknowledged commit.
	 * @return the number
	 */
	long uncommitted() {
		return this.readCount - this.committedCount;
	}

	/**
	 * Messages that the last acknowledged commit covers.
	 * @return the number
	 */
	long committedCount() {
		return this.committedCount;
	}

	/**
	 * Take the queued messages away from the handlers. The latest first: a handler that
	 * finds a batch sealed goes on to the next one, and must not begin anything there.
	 * @return how many messages that were
	 */
	int seal() {
		int sealed = 0;
		for (Iterator<RecordBatch> latest = this.open.descendingIterator(); latest.hasNext();) {
			RecordBatch batch = latest.next();
			sealed += batch.seal() + batch.sealWaiting();
		}
		return sealed;
	}

	/**
	 * Take the queued messages away from the handlers, but for those that wait for other
	 * messages while some behind them have been begun: without them these would have been
	 * handled in vain, for nothing behind a message that is not handled is committed.
	 * @return how many messages that were
	 */
	int sealTail() {
		int sealed = 0;
		for (Iterator<RecordBatch> latest = this.open.descendingIterator(); latest.hasNext();) {
			sealed += latest.next().seal();
		}
		boolean begun = false;
		for (Iterator<RecordBatch> latest = this.open.descendingIterator(); latest.hasNext() && !begun;) {
			RecordBatch batch = latest.next();
			int waiting = batch.sealWaitingTail();
			sealed += waiting;
			begun = waiting < batch.sealedAt();
		}
		return sealed;
	}

	/**
	 * Messages that handlers work on now.
	 * @return the number
	 */
	int inFlight() {
		int inFlight = 0;
		for (RecordBatch batch : this.open) {
			inFlight += batch.inFlight();
		}
		return inFlight;
	}

	/**
	 * Messages that handlers work on now or can still get.
	 * @return the number
	 */
	int pending() {
		int pending = 0;
		for (RecordBatch batch : this.open) {
			pending += batch.pending();
		}
		return pending;
	}

	/**
	 * Whether handlers have messages of this instance or can still get some.
	 * @return {@code false} where nothing will happen to it any more
	 */
	boolean isInUse() {
		for (RecordBatch batch : this.open) {
			if (batch.pending() > 0) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Abandon what handlers work on now: it will not be done.
	 * @return how many messages that were
	 */
	int abandonInFlight() {
		int abandoned = 0;
		for (RecordBatch batch : this.open) {
			abandoned += batch.abandonInFlight();
		}
		return abandoned;
	}

	/**
	 * Messages that were read and are not done.
	 * @param ranges gets topic, partition and offsets of each run of such messages
	 * @return the number
	 */
	int unhandled(List<String> ranges) {
		int unhandled = 0;
		long first = UNKNOWN;
		long last = UNKNOWN;
		for (RecordBatch batch : this.open) {
			for (int i = 0; i < batch.size(); i++) {
				if (!batch.isDone(i)) {
					unhandled++;
					last = batch.record(i).offset();
					first = (first != UNKNOWN) ? first : last;
				}
				else if (first != UNKNOWN) {
					ranges.add(range(first, last));
					first = UNKNOWN;
				}
			}
		}
		if (first != UNKNOWN) {
			ranges.add(range(first, last));
		}
		return unhandled;
	}

	private String range(long first, long last) {
		return this.topicPartition.topic() + "/" + this.topicPartition.partition() + " " + first + ".." + last;
	}

	/**
	 * The first message that is not done.
	 * @return its offset, or {@code null} where everything read is done
	 */
	@Nullable Long firstOpen() {
		advance();
		RecordBatch head = this.open.peekFirst();
		return (head != null) ? head.record(head.prefix()).offset() : null;
	}

	/**
	 * A handler has handled a message. Any handler thread.
	 * @param offset the message's offset
	 */
	void handled(long offset) {
		long last = this.lastHandled;
		while (offset > last && !LAST_HANDLED.compareAndSet(this, last, offset)) {
			last = this.lastHandled;
		}
	}

	void endOffset(long endOffset) {
		this.endOffset = endOffset;
	}

	long position() {
		return this.position;
	}

	long frontier() {
		return this.frontier;
	}

	long committed() {
		return this.committed;
	}

	long lastHandled() {
		return this.lastHandled;
	}

	/**
	 * Messages between the committed offset and the end of the partition.
	 * @return the lag, -1 where it is not known
	 */
	long lag() {
		long end = this.endOffset;
		long committed = this.committed;
		return (end < 0 || committed < 0) ? UNKNOWN : Math.max(0, Math.max(end, this.position) - committed);
	}

	/**
	 * A place up to which a commit may go.
	 *
	 * @param offset the offset to commit
	 * @param epoch the leader epoch, where known
	 * @param count messages read before that place
	 */
	record Point(long offset, Optional<Integer> epoch, long count) {
	}

}
