package io.baseplate.kafka.consumer;

import java.util.concurrent.TimeUnit;

/**
 * Answers of a coordinator that a test makes up.
 */
final class CountedAnswers implements Answers {

	private volatile long count;

	private volatile long slowest;

	CountedAnswers() {
		this(UNKNOWN);
	}

	private CountedAnswers(long count) {
		this.count = count;
		this.slowest = UNKNOWN;
	}

	/**
	 * Those of a client that counts, and has counted some already.
	 */
	static CountedAnswers some() {
		return new CountedAnswers(7);
	}

	/**
	 * Evidence of a client that does not count.
	 */
	static Evidence none(Ticker ticker) {
		return new Evidence(ticker, new CountedAnswers(), new CountedAnswers());
	}

	/**
	 * One more has come.
	 * @param slowest the longest that any has taken lately, milliseconds
	 */
	void add(long slowest) {
		this.slowest = TimeUnit.MILLISECONDS.toNanos(slowest);
		this.count++;
	}

	@Override
	public long count() {
		return this.count;
	}

	@Override
	public long slowest() {
		return this.slowest;
	}

}
