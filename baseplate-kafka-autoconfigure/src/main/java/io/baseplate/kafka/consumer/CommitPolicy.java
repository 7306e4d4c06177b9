package io.baseplate.kafka.consumer;

import java.time.Duration;

import io.baseplate.kafka.CommitStrategy;

/**
 * When to commit what. One strategy, seen as answers to the questions that the reader
 * asks. Plain values, any thread.
 */
sealed interface CommitPolicy {

	/**
	 * Whether messages are handed over one by one, each after the commit of the one
	 * before.
	 * @return {@code true} for {@link EachMessage}
	 */
	default boolean isOneByOne() {
		return false;
	}

	/**
	 * Whether the reader commits as soon as a message is done.
	 * @return {@code true} where outcomes ask for an action of the reader
	 */
	default boolean followsOutcomes() {
		return false;
	}

	/**
	 * Whether reading a message is enough to commit it.
	 * @return {@code true} for {@link Read}
	 */
	default boolean commitsWhatWasRead() {
		return false;
	}

	/**
	 * The longest time from one commit to the next.
	 * @return nanoseconds
	 */
	long intervalNanos();

	/**
	 * The policy of a strategy.
	 * @param strategy the strategy
	 * @param interval the interval of the periodic ones
	 * @return the policy
	 */
	static CommitPolicy of(CommitStrategy strategy, Duration interval) {
		return switch (strategy) {
			case EACH_MESSAGE -> new EachMessage();
			case CONTINUOUS -> new Continuous();
			case INTERVAL, PROCESSED -> new Processed(interval.toNanos());
			case READ -> new Read(interval.toNanos());
		};
	}

	/**
	 * Each message, synchronously, before the next is handed over.
	 */
	record EachMessage() implements CommitPolicy {

		@Override
		public boolean isOneByOne() {
			return true;
		}

		@Override
		public boolean followsOutcomes() {
			return true;
		}

		@Override
		public long intervalNanos() {
			return 0;
		}

	}

	/**
	 * Back to back: the next commit leaves when the one before was answered.
	 */
	record Continuous() implements CommitPolicy {

		@Override
		public boolean followsOutcomes() {
			return true;
		}

		@Override
		public long intervalNanos() {
			return 0;
		}

	}

	/**
	 * Every interval, up to the first message that is not handled.
	 *
	 * @param intervalNanos the interval
	 */
	record Processed(long intervalNanos) implements CommitPolicy {
	}

	/**
	 * Every interval, all that was read.
	 *
	 * @param intervalNanos the interval
	 */
	record Read(long intervalNanos) implements CommitPolicy {

		@Override
		public boolean commitsWhatWasRead() {
			return true;
		}

	}

}
