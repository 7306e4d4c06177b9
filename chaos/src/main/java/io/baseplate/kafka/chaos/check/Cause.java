package io.baseplate.kafka.chaos.check;

import java.util.concurrent.TimeUnit;

/**
 * A reason for which a process may have lost partitions, or may have ended, without
 * having given up what it had: a fault, or a failure of its consumer.
 *
 * @param effect what it does
 * @param description what it is, for people
 * @param from since when
 * @param to until when
 */
record Cause(FaultKind.Effect effect, String description, long from, long to) {

	/**
	 * How long a fault goes on having an effect: until members know that they were
	 * expelled, and until what was in hand is over.
	 */
	static final long SETTLES_NANOS = TimeUnit.SECONDS.toNanos(15);

	/**
	 * Whether this can be why a message that a process began to handle at one moment was
	 * left to another process, which began to handle it at a later one.
	 */
	boolean explainsThatLeft(long began, long again) {
		return this.from <= again && began <= settled();
	}

	/**
	 * Whether this can be why a process begins at this moment with a message that was
	 * handed over to it long ago.
	 */
	boolean explainsThatLate(long began) {
		return (this.effect == FaultKind.Effect.PAUSE || this.effect == FaultKind.Effect.DISTURBANCE)
				&& this.from <= began && began <= settled();
	}

	private long settled() {
		return this.to + SETTLES_NANOS;
	}

}
