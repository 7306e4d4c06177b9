package io.baseplate.kafka.consumer;

import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One handler thread: takes a message, has it processed, reports the outcome, and again.
 * Touches the Kafka client only where it has the {@link ReaderSeat}. Its fields tell the
 * reader and the status what it is doing.
 */
final class HandlerWorker implements Runnable {

	private final WorkQueue queue;

	private final MessageProcessor processor;

	private final Outcomes outcomes;

	private final Ticker ticker;

	/**
	 * Where the worker may read for itself; {@code null} where it may not.
	 */
	private final @Nullable ReaderSeat seat;

	private @Nullable RecordBatch batch;

	private int index;

	/**
	 * Whether the message in hand is the next one already: it waited for the last.
	 */
	private boolean handedOn;

	/**
	 * Whether the worker may have claimed a message. Set before it tries, so that a
	 * reader that has sealed the queue and then sees an idle worker knows that this
	 * worker has nothing and will get nothing.
	 */
	private volatile boolean busy;

	private volatile @Nullable ConsumerRecord<byte[], byte[]> current;

	private volatile long since;

	private volatile boolean interrupted;

	private volatile boolean ended;

	private volatile @Nullable Observation observation;

	HandlerWorker(WorkQueue queue, MessageProcessor processor, Outcomes outcomes, Ticker ticker) {
		this(queue, processor, outcomes, ticker, null);
	}

	HandlerWorker(WorkQueue queue, MessageProcessor processor, Outcomes outcomes, Ticker ticker,
			@Nullable ReaderSeat seat) {
		this.seat = seat;
		this.queue = queue;
		this.processor = processor;
		this.outcomes = outcomes;
		this.ticker = ticker;
	}

	@Override
	public void run() {
		try {
			while (takes()) {
				work();
			}
		}
		catch (Throwable ex) {
			RecordBatch batch = this.batch;
			if (batch != null) {
				this.outcomes.leftBehind(batch, this.index);
			}
			this.outcomes.broken(ex);
		}
		finally {
			this.current = null;
			this.busy = false;
			this.ended = true;
			this.outcomes.idle();
		}
	}

	private boolean takes() {
		if (this.handedOn) {
			this.handedOn = false;
			return true;
		}
		while (true) {
			try {
				return this.queue.take(this, this.seat);
			}
			catch (InterruptedException ex) {
				// Left behind by user code, or the stop: the queue knows whether it
				// ended.
				idle();
			}
		}
	}

	private void work() {
		RecordBatch batch = this.batch;
		if (batch == null) {
			throw new IllegalStateException("Nothing was claimed");
		}
		ConsumerRecord<byte[], byte[]> message = batch.record(this.index);
		this.since = this.ticker.nanos();
		this.current = message;
		Outcome outcome = this.processor.process(message, this);
		Thread.interrupted();
		this.current = null;
		this.outcomes.done(batch, this.index, message, outcome);
		if (batch.isOrdered()) {
			this.handedOn = this.queue.handOn(batch, this.index, this);
		}
	}

	/**
	 * The worker is about to try to claim. Its own thread.
	 */
	void busy() {
		if (!this.busy) {
			this.busy = true;
		}
	}

	/**
	 * The worker has claimed nothing and is about to wait. Its own thread.
	 */
	void idle() {
		if (this.busy) {
			this.busy = false;
			this.outcomes.idle();
		}
	}

	/**
	 * The worker has claimed a message. Its own thread.
	 * @param batch the batch
	 * @param index the message's index in the batch
	 */
	void claimed(RecordBatch batch, int index) {
		this.batch = batch;
		this.index = index;
	}

	void observing(Observation observation) {
		this.observation = observation;
	}

	void failed(ConsumerRecord<byte[], byte[]> message, Throwable ex) {
		this.outcomes.failing(message, ex);
	}

	/**
	 * The stop is about to interrupt the thread. Reader thread.
	 */
	void interrupting() {
		this.interrupted = true;
	}

	boolean isInterrupted() {
		return this.interrupted;
	}

	boolean isBusy() {
		return this.busy;
	}

	boolean isEnded() {
		return this.ended;
	}

	@Nullable ConsumerRecord<byte[], byte[]> current() {
		return this.current;
	}

	/**
	 * When the current message was begun.
	 * @return nanoseconds of the ticker
	 */
	long since() {
		return this.since;
	}

	/**
	 * The observation of the last message; it may have ended.
	 * @return the observation, or {@code null} before the first message
	 */
	@Nullable Observation observation() {
		return this.observation;
	}

}
