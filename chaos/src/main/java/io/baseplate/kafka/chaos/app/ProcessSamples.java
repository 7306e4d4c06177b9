package io.baseplate.kafka.chaos.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalWriter;

/**
 * What the process takes of the machine, as Linux sees it.
 */
final class ProcessSamples {

	private static final Path SELF = Path.of("/proc/self");

	private static final String ANONYMOUS = "RssAnon:";

	private ProcessSamples() {
	}

	static void write(JournalWriter journal) {
		journal.process(EventType.MEMORY, memory());
		journal.process(EventType.THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
		journal.process(EventType.FILES, files());
	}

	/**
	 * Collects garbage first, so that what is in use is what is reachable: a heap that is
	 * large enough would not be collected as a whole in the time of a run.
	 */
	static void writeHeap(JournalWriter journal) {
		System.gc();
		journal.process(EventType.HEAP, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
	}

	private static long memory() {
		try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
			return lines.filter((line) -> line.startsWith(ANONYMOUS))
				.mapToLong(
						(line) -> Long.parseLong(line.substring(ANONYMOUS.length(), line.indexOf("kB")).trim()) * 1024)
				.findFirst()
				.orElse(-1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long files() {
		try (Stream<Path> files = Files.list(SELF.resolve("fd"))) {
			return files.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
