package io.baseplate.kafka.chaos.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real processes that end without a chance to close anything.
 */
class JournalOfKilledProcessTests {

	@TempDir
	Path directory;

	@Test
	void everythingThatWasWrittenBeforeAHaltIsThere() throws Exception {
		Path file = this.directory.resolve("app.journal");
		// More than a chunk holds.
		long last = JournalFormat.RECORDS_PER_CHUNK;
		Process process = start(file, last);
		try {
			BufferedReader output = output(process);
			while (output.readLine() != null) {
				// until the process ends
			}
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isEqualTo(3);
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(JournalReader.open(file).pid()).isEqualTo(process.pid());
		assertThat(pairsIn(file)).isEqualTo(last + 1);
	}

	@Test
	void everythingThatWasWrittenBeforeAKillIsThere() throws Exception {
		Path file = this.directory.resolve("app.journal");
		Process process = start(file, -1);
		long seen = -1;
		try {
			BufferedReader output = output(process);
			while (seen < 50_000) {
				seen = Long.parseLong(output.readLine());
			}
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isEqualTo(128 + 9);
		assertThat(pairsIn(file)).isGreaterThan(seen);
	}

	/**
	 * Beginnings and ends that belong together and have no gap; a last beginning may have
	 * no end.
	 */
	private static long pairsIn(Path file) {
		List<Event> events = JournalReader.read(file);
		for (int i = 0; i < events.size(); i++) {
			Event event = events.get(i);
			assertThat(event.type()).isEqualTo((i % 2 == 0) ? EventType.STARTED : EventType.ENDED);
			assertThat(event.offset()).isEqualTo(i / 2);
			assertThat(event.value()).isEqualTo((i % 2 == 0) ? 0 : i - 1);
		}
		return events.size() / 2;
	}

	private static BufferedReader output(Process process) {
		return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
	}

	private static Process start(Path file, long halt) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), "-Xmx64m", "-XX:TieredStopAtLevel=1",
				WritingProcess.class.getName(), file.toString(), Long.toString(halt))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

}
