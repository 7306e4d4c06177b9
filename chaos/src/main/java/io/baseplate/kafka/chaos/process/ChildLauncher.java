package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.util.Arrays;

/**
 * Main class of all children: runs another main class, and dies when the pipe from the
 * harness ends, which it does however the harness dies.
 */
final class ChildLauncher {

	private static final int ORPHANED = 3;

	private ChildLauncher() {
	}

	/**
	 * Run.
	 * @param args the main class, and its arguments
	 */
	public static void main(String[] args) throws Exception {
		Thread watch = new Thread(ChildLauncher::dieWithTheHarness, "harness-watch");
		watch.setDaemon(true);
		watch.start();
		Class.forName(args[0])
			.getMethod("main", String[].class)
			.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
	}

	private static void dieWithTheHarness() {
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
