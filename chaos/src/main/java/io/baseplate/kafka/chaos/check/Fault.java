package io.baseplate.kafka.chaos.check;

import org.jspecify.annotations.Nullable;

/**
 * Something that the harness did. The time is an outer bound: {@code nanosFrom} was taken
 * before it was done and {@code nanosTo} after it was known to be over (for a kill, the
 * process has exited).
 *
 * @param kind what
 * @param process the name of the application process, {@code null} where it concerns all
 * of them
 * @param nanosFrom the beginning, {@link System#nanoTime()} of the harness
 * @param nanosTo the end
 */
public record Fault(FaultKind kind, @Nullable String process, long nanosFrom, long nanosTo) {

	public Fault {
		if (nanosTo < nanosFrom) {
			throw new IllegalArgumentException(kind + " ends before it begins");
		}
	}

	boolean concerns(String name) {
		return this.process == null || this.process.equals(name);
	}

}
