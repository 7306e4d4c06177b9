package io.baseplate.kafka.chaos.app;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.chaos.Cell;

/**
 * What handlers do. A message says it in its body:
 * <ul>
 * <li>{@code none}: nothing, but for the sleep of all handlers</li>
 * <li>{@code sleep:N}: sleep N milliseconds</li>
 * <li>{@code swallow:N}: be busy for N milliseconds and ignore interrupts</li>
 * <li>{@code interrupt}: return with the thread's interrupt flag set</li>
 * <li>{@code throw}, {@code oom}, {@code halt}: throw an exception, run out of memory, or
 * end the process without a farewell, once per message and cell in a run</li>
 * <li>{@code poison}: throw an exception, each time</li>
 * </ul>
 */
final class Work {

	private static final int HALTED = 137;

	private final Marks marks;

	private final long sleepNanos;

	Work(Marks marks, Duration sleep) {
		this.marks = marks;
		this.sleepNanos = sleep.toNanos();
	}

	void perform(Cell cell, Task task) throws InterruptedException {
		if (this.sleepNanos > 0) {
			TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(this.sleepNanos));
		}
		String[] work = task.work().split(":", 2);
		switch (work[0]) {
			case "none" -> {
			}
			case "sleep" -> Thread.sleep(Long.parseLong(work[1]));
			case "swallow" -> ignoreInterrupts(Long.parseLong(work[1]));
			case "interrupt" -> Thread.currentThread().interrupt();
			case "throw" -> {
				if (this.marks.isFirst(cell, task)) {
					throw new HandlerException(task);
				}
			}
			case "poison" -> throw new HandlerException(task);
			case "oom" -> {
				if (this.marks.isFirst(cell, task)) {
					runOutOfMemory();
				}
			}
			case "halt" -> {
				if (this.marks.isFirst(cell, task)) {
					Runtime.getRuntime().halt(HALTED);
				}
			}
			default -> throw new IllegalArgumentException(task.work());
		}
	}

	private static void ignoreInterrupts(long millis) {
		long start = System.nanoTime();
		long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
		boolean interrupted = false;
		while (System.nanoTime() - start < nanos) {
			try {
				TimeUnit.MILLISECONDS.sleep(1);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * The JVM's own error, at once, and without taking the memory from others.
	 */
	private static void runOutOfMemory() {
		long[] all = new long[Integer.MAX_VALUE - 8];
		throw new IllegalStateException("The heap held " + all.length + " longs");
	}

	/**
	 * What a handler throws.
	 */
	static final class HandlerException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		HandlerException(Task task) {
			super("as message " + task.id() + " says");
		}

	}

}
