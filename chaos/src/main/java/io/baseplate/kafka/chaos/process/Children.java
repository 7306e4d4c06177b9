package io.baseplate.kafka.chaos.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All children that are alive, so that none outlives the harness, also where nobody
 * closed it.
 */
final class Children {

	private static final Set<Process> alive = ConcurrentHashMap.newKeySet();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(Children::destroyAll, "destroy-children"));
	}

	private Children() {
	}

	static void add(Process process) {
		alive.add(process);
		// The exit is all that is waited for.
		var unused = process.onExit().thenAccept(alive::remove);
	}

	private static void destroyAll() {
		alive.forEach(Process::destroyForcibly);
	}

}
