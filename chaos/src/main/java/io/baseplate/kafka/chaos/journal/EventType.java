package io.baseplate.kafka.chaos.journal;

/**
 * What a journal tells. A record holds the code; zero is a record that was never
 * finished.
 */
public enum EventType {

	/** The invocation of a handler begins; the first thing that the handler does. */
	STARTED(1),

	/**
	 * The handler is about to return normally; the last thing that it does. So it comes
	 * before any commit that covers the message, by causality.
	 */
	ENDED(2),

	/** The handler is about to throw. */
	FAILED(3),

	/** The handler saw its interrupt and is about to leave with an exception. */
	INTERRUPTED(4),

	/** The consumer's state is now this; the value is the ordinal of the state. */
	STATE(5),

	/** The consumer's health is now this; the value is 1 up, 0 down, 2 unknown. */
	HEALTH(6),

	/** After a stop: messages that the consumer read. */
	TOTAL_READ(7),

	/** After a stop: messages whose handler returned. */
	TOTAL_HANDLED(8),

	/** After a stop: messages whose body could not be unpacked. */
	TOTAL_INVALID(9),

	/** After a stop: messages whose handler threw. */
	TOTAL_FAILED(10),

	/** After a stop: messages dropped because their partition was revoked or lost. */
	TOTAL_DROPPED(11),

	/** After a stop: messages that the stop left uncommitted. */
	TOTAL_UNCOMMITTED(12),

	/** The process: all its consumers have been started. */
	RUNNING(13),

	/** The process: a clean stop has begun. */
	STOPPING(14),

	/** The process: the clean stop is over, and the totals have been written. */
	STOPPED(15),

	/**
	 * A sample of the resident anonymous memory of the process, in bytes. Not the whole
	 * resident size: that counts this journal with it.
	 */
	MEMORY(16),

	/** A sample of the number of live threads. */
	THREADS(17),

	/** A sample of the number of open files. */
	FILES(18),

	/** A sample of the heap that is in use after a collection of garbage, in bytes. */
	HEAP(19);

	private static final EventType[] BY_CODE = new EventType[values().length + 1];

	static {
		for (EventType type : values()) {
			BY_CODE[type.code] = type;
		}
	}

	private final int code;

	EventType(int code) {
		this.code = code;
	}

	/**
	 * Whether this is the end of an invocation.
	 * @return true for {@link #ENDED}, {@link #FAILED} and {@link #INTERRUPTED}
	 */
	public boolean endsAnInvocation() {
		return this == ENDED || this == FAILED || this == INTERRUPTED;
	}

	int code() {
		return this.code;
	}

	static EventType ofCode(int code) {
		return BY_CODE[code];
	}

	static boolean isCode(int code) {
		return code > 0 && code < BY_CODE.length;
	}

}
