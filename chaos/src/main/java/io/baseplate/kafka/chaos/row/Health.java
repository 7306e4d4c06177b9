package io.baseplate.kafka.chaos.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalReader;
import io.baseplate.kafka.chaos.process.ApplicationProcess;

/**
 * What Actuator says of the consumers, as the application processes write it down.
 */
final class Health {

	static final long DOWN = 0;

	static final long UP = 1;

	private Health() {
	}

	/**
	 * Wait until all consumers of a process are said to be in a state.
	 */
	static void awaitAll(Run run, ApplicationProcess process, long health, Duration timeout) {
		run.await(() -> {
			Map<Cell, Long> now = until(process, Long.MAX_VALUE);
			return now.size() == Cell.values().length && now.values().stream().allMatch((each) -> each == health);
		}, timeout, () -> "health of " + process + " is " + until(process, Long.MAX_VALUE));
	}

	/**
	 * All consumers of all processes that were there must have been down at a moment.
	 */
	static void expectDown(Run run, long nanos) {
		for (ApplicationProcess process : run.running()) {
			until(process, nanos).forEach((cell, health) -> run.expect(health == DOWN,
					process + ": " + cell + " was " + text(health) + " while the broker was away"));
		}
	}

	/**
	 * All consumers of all running processes must be up.
	 */
	static void expectUp(Run run) {
		for (ApplicationProcess process : run.running()) {
			until(process, Long.MAX_VALUE).forEach((cell, health) -> {
				if (health != UP) {
					run.expect(false, process + ": " + cell + " is " + text(health)
							+ " although everything is well again; its log ends with " + warnings(process, cell));
				}
			});
		}
	}

	/**
	 * The last warnings and errors that a process has written of a consumer.
	 */
	private static List<String> warnings(ApplicationProcess process, Cell cell) {
		String name = cell.name().toLowerCase(Locale.ROOT);
		try (Stream<String> lines = Files.lines(process.log(), StandardCharsets.ISO_8859_1)) {
			List<String> warnings = lines
				.filter((line) -> line.contains(name) && (line.contains(" WARN ") || line.contains(" ERROR ")))
				.filter((line) -> !line.contains("NetworkClient"))
				.toList();
			return warnings.subList(Math.max(0, warnings.size() - 5), warnings.size());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String text(long health) {
		return (health == UP) ? "UP" : (health == DOWN) ? "DOWN" : "UNKNOWN";
	}

	/**
	 * Health as it was last written down until a moment.
	 */
	private static Map<Cell, Long> until(ApplicationProcess process, long nanos) {
		Map<Cell, Long> last = new EnumMap<>(Cell.class);
		JournalReader.open(process.journal()).forEach((slot, type, at, cell, partition, offset, id, value) -> {
			if (type == EventType.HEALTH && at <= nanos) {
				last.put(cell(cell), value);
			}
		});
		return last;
	}

	private static Cell cell(int code) {
		return Arrays.stream(Cell.values()).filter((cell) -> cell.code() == code).findFirst().orElseThrow();
	}

}
