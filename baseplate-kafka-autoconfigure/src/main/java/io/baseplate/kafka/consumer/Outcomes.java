package io.baseplate.kafka.consumer;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.ConsumerStatus.Totals;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where handlers report, while one connection lasts: marks what is done, counts, and
 * keeps the first failure. Any thread.
 */
final class Outcomes {

	/**
	 * Where there was no memory to say what happened.
	 */
	private static final Failure UNDESCRIBED = new Failure("A handler failed, and the failure could not be described",
			null, -1, new Error("A failure that could not be described"));

	private final Mailbox mailbox;

	private final Counts counts;

	private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

	private volatile @Nullable WorkQueue queue;

	Outcomes(Mailbox mailbox, Counts counts) {
		this.mailbox = mailbox;
		this.counts = counts;
	}

	/**
	 * The queue to hold when a handler fails.
	 * @param queue the queue
	 */
	void guard(WorkQueue queue) {
		this.queue = queue;
	}

	/**
	 * A handler is about to fail: nothing more is handed over. Called before the failure
	 * is logged or anything else can go wrong.
	 * @param message the message
	 * @param ex what the handler threw
	 */
	void failing(ConsumerRecord<byte[], byte[]> message, Throwable ex) {
		TopicPartition topicPartition = new TopicPartition(message.topic(), message.partition());
		fail(new Failure("Handler failed at " + topicPartition.topic() + "/" + topicPartition.partition() + " offset "
				+ message.offset() + ": " + ex, topicPartition, message.offset(), ex));
	}

	/**
	 * A handler thread is about to end although it should not.
	 * @param ex what it threw
	 */
	void broken(Throwable ex) {
		try {
			fail(new Failure("Handler thread ended: " + ex, null, -1, ex));
		}
		catch (Throwable another) {
			// No memory to say so, or a text that cannot be made.
			fail(UNDESCRIBED);
		}
	}

	/**
	 * A message's handler thread has ended before it could report.
	 * @param batch its batch
	 * @param index its index there
	 */
	void leftBehind(RecordBatch batch, int index) {
		if (batch.abandon(index)) {
			this.counts.failed.increment();
		}
	}

	/**
	 * Something failed: nothing more is handed over, and the reader stops the consumer.
	 * @param failure what happened
	 */
	void fail(Failure failure) {
		WorkQueue queue = this.queue;
		if (queue != null) {
			queue.halt();
		}
		if (this.failure.compareAndSet(null, failure)) {
			this.mailbox.wake();
		}
	}

	/**
	 * A message is done.
	 * @param batch its batch
	 * @param index its index there
	 * @param message the message
	 * @param outcome what became of it
	 */
	void done(RecordBatch batch, int index, ConsumerRecord<byte[], byte[]> message, Outcome outcome) {
		switch (outcome) {
			case HANDLED -> {
				batch.progress().handled(message.offset());
				if (batch.markDone(index)) {
					this.counts.handled.increment();
				}
			}
			case INVALID -> {
				if (batch.markDone(index)) {
					this.counts.invalid.increment();
				}
			}
			case FAILED -> {
				fail(UNDESCRIBED);
				if (batch.abandon(index)) {
					this.counts.failed.increment();
				}
			}
			case INTERRUPTED -> {
				if (batch.abandon(index)) {
					this.counts.uncommitted.increment();
				}
			}
		}
		this.mailbox.outcome();
	}

	/**
	 * A worker has nothing in hand.
	 */
	void idle() {
		this.mailbox.outcome();
	}

	@Nullable Failure failure() {
		return this.failure.get();
	}

	/**
	 * What became of the messages, over all connections of one consumer.
	 */
	static final class Counts {

		final LongAdder read = new LongAdder();

		final LongAdder handled = new LongAdder();

		final LongAdder invalid = new LongAdder();

		final LongAdder failed = new LongAdder();

		final LongAdder dropped = new LongAdder();

		final LongAdder uncommitted = new LongAdder();

		Totals totals() {
			return new Totals(this.read.sum(), this.handled.sum(), this.invalid.sum(), this.failed.sum(),
					this.dropped.sum(), this.uncommitted.sum());
		}

	}

}
