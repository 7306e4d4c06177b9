package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What Linux tells of a process; nothing on other systems.
 */
final class ProcFiles {

	/**
	 * A tick of the kernel's accounting, which is 100 Hz towards user space.
	 */
	private static final long TICK_NANOS = 10_000_000;

	/**
	 * Fields of {@code stat} behind the name in parentheses: user and system time are the
	 * 14th and 15th of all, and the first behind the name is the third.
	 */
	private static final int USER_TIME = 14 - 3;

	private static final int SYSTEM_TIME = 15 - 3;

	private static final long KIBIBYTE = 1024;

	private final Path directory;

	ProcFiles(Path directory) {
		this.directory = directory;
	}

	static ProcFiles self() {
		return new ProcFiles(Path.of("/proc/self"));
	}

	static ProcFiles of(long pid) {
		return new ProcFiles(Path.of("/proc", Long.toString(pid)));
	}

	/**
	 * Processor time, user and system.
	 * @return nanoseconds
	 */
	@Nullable Long cpuNanos() {
		try {
			String stat = Files.readString(this.directory.resolve("stat"), StandardCharsets.ISO_8859_1);
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
			return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_NANOS;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Context switches of the threads that live, voluntary or not.
	 * @return the number
	 */
	@Nullable Long contextSwitches() {
		try (Stream<Path> threads = Files.list(this.directory.resolve("task"))) {
			return threads.mapToLong(ProcFiles::contextSwitches).sum();
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static long contextSwitches(Path thread) {
		try {
			long sum = 0;
			for (String line : status(thread)) {
				if (line.contains("ctxt_switches:")) {
					sum += number(line);
				}
			}
			return sum;
		}
		catch (IOException ex) {
			// The thread has ended since it was listed.
			return 0;
		}
	}

	/**
	 * The most memory that the process ever had.
	 * @return bytes
	 */
	@Nullable Long peakRss() {
		try {
			for (String line : status(this.directory)) {
				if (line.startsWith("VmHWM:")) {
					return number(line) * KIBIBYTE;
				}
			}
			return null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static List<String> status(Path directory) throws IOException {
		return Files.readAllLines(directory.resolve("status"), StandardCharsets.ISO_8859_1);
	}

	private static long number(String line) {
		return Long.parseLong(line.replaceAll("\\D", ""));
	}

}
