package io.baseplate.kafka.chaos.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waiting for conditions in other processes, which nothing announces.
 */
final class Waiting {

	private static final long INTERVAL = 10;

	private Waiting() {
	}

	static void until(BooleanSupplier condition, Duration timeout, Supplier<String> otherwise) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > timeout.toNanos()) {
				throw new IllegalStateException("After " + timeout + ": " + otherwise.get(), new TimeoutException());
			}
			sleep();
		}
	}

	private static void sleep() {
		try {
			TimeUnit.MILLISECONDS.sleep(INTERVAL);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

}
