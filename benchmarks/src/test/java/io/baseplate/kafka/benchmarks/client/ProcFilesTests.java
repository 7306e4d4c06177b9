package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ProcFilesTests {

	@TempDir
	Path process;

	@Test
	void processorTimeIsUserAndSystemTimeWhateverTheName() throws IOException {
		Files.writeString(this.process.resolve("stat"),
				"17 (a ) name) S 1 17 17 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 30 0 1 1000 200\n");
		assertThat(new ProcFiles(this.process).cpuNanos()).isEqualTo(3_000_000_000L);
	}

	@Test
	void contextSwitchesAreThoseOfAllThreads() throws IOException {
		thread("17", 100, 5);
		thread("18", 1000, 50);
		assertThat(new ProcFiles(this.process).contextSwitches()).isEqualTo(1155);
	}

	@Test
	void peakMemoryIsInBytes() throws IOException {
		Files.writeString(this.process.resolve("status"), "Name:\tjava\nVmHWM:\t  204800 kB\nVmRSS:\t  100 kB\n");
		assertThat(new ProcFiles(this.process).peakRss()).isEqualTo(204_800L * 1024);
	}

	@Test
	void whatThereIsNotIsNotMadeUp() {
		ProcFiles files = new ProcFiles(this.process.resolve("nowhere"));
		assertThat(files.cpuNanos()).isNull();
		assertThat(files.contextSwitches()).isNull();
		assertThat(files.peakRss()).isNull();
	}

	private void thread(String id, long voluntary, long involuntary) throws IOException {
		Path thread = Files.createDirectories(this.process.resolve("task").resolve(id));
		Files.writeString(thread.resolve("status"),
				"Name:\tmain\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n".formatted(voluntary,
						involuntary));
	}

}
