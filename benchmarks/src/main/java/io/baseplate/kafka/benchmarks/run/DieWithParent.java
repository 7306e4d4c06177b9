package io.baseplate.kafka.benchmarks.run;

import java.io.IOException;

/**
 * Ends a child JVM when the pipe from the harness ends, which it does however the harness
 * ends.
 */
public final class DieWithParent {

	private static final int ORPHANED = 3;

	private DieWithParent() {
	}

	/**
	 * Watch from now on.
	 */
	public static void watch() {
		Thread watch = new Thread(DieWithParent::await, "harness-watch");
		watch.setDaemon(true);
		watch.start();
	}

	private static void await() {
		try {
			while (System.in.read() >= 0) {
				// Nothing is ever sent.
			}
		}
		catch (IOException ex) {
			// As good as the end.
		}
		Runtime.getRuntime().halt(ORPHANED);
	}

}
