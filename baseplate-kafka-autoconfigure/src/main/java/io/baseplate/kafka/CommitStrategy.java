package io.baseplate.kafka;

/**
 * When a consumer commits, and so what a crash may repeat or lose. Set with
 * {@code baseplate.kafka.consumers.<group_name>.commit}.
 */
public enum CommitStrategy {

	/**
	 * In order only, its default: each message durably, before the next is handed over.
	 * After a crash at most one message is handled again.
	 */
	EACH_MESSAGE(ConsumerMode.IN_ORDER),

	/**
	 * In order only: back to back. While one commit is on its way the next messages are
	 * handled, and the next commit covers them. After a crash what was handled since the
	 * last acknowledged commit is handled again: normally one round trip's worth.
	 */
	CONTINUOUS(ConsumerMode.IN_ORDER),

	/**
	 * In order only: every commit interval, as baseplate.py has done since 2024. After a
	 * crash what was handled since the last acknowledged commit is handled again.
	 */
	INTERVAL(ConsumerMode.IN_ORDER),

	/**
	 * Fast only, its default and the seed's behaviour: every commit interval, all that
	 * was read, handled or not. A crash may skip what was read and not handled, and may
	 * repeat one interval.
	 */
	READ(ConsumerMode.FAST),

	/**
	 * Fast only: every commit interval, up to the first message not yet handled. A crash
	 * never skips a message and may repeat what was handled beyond the last commit.
	 */
	PROCESSED(ConsumerMode.FAST);

	private final ConsumerMode mode;

	CommitStrategy(ConsumerMode mode) {
		this.mode = mode;
	}

	/**
	 * The mode that this strategy belongs to.
	 * @return the mode
	 */
	public ConsumerMode mode() {
		return this.mode;
	}

	/**
	 * The default of a mode.
	 * @param mode the mode
	 * @return {@link #EACH_MESSAGE} in order, {@link #READ} fast
	 */
	public static CommitStrategy defaultFor(ConsumerMode mode) {
		return (mode == ConsumerMode.IN_ORDER) ? EACH_MESSAGE : READ;
	}

}
