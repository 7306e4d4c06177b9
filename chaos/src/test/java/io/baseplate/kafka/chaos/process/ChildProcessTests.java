package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Children, the signals they get, and that none outlives its harness.
 */
class ChildProcessTests {

	private final Path directory = TestRuns.directory();

	ChildProcessTests() throws IOException {
	}

	@Test
	void aPausedChildStandsStillUntilItIsResumed() {
		try (ChildProcess child = counter()) {
			Awaitility.await().until(() -> ticks() > 0);
			child.pause();
			long before = ticks();
			Awaitility.await().during(Duration.ofMillis(200)).until(() -> ticks() == before);
			child.resume();
			Awaitility.await().until(() -> ticks() > before);
			child.pause();
			child.kill();
			assertThat(child.isAlive()).isFalse();
			assertThat(child.exitCode()).isEqualTo(137);
		}
	}

	@Test
	void aChildEndsBySigtermAsIfNobodyHeldItsPipe() {
		try (ChildProcess child = counter()) {
			Awaitility.await().until(() -> ticks() > 0);
			child.terminate(Duration.ofSeconds(20));
			assertThat(child.exitCode()).isEqualTo(143);
		}
	}

	@Test
	void aChildThatDoesNotStopIsReportedWithItsThreadsAndKilled() throws IOException {
		try (ChildProcess child = child(Stubborn.class)) {
			Awaitility.await().until(() -> ticks() > 0);
			assertThatIllegalStateException().isThrownBy(() -> child.terminate(Duration.ofMillis(200)))
				.withMessageContaining("was alive PT0.2S after SIGTERM");
			assertThat(child.awaitExit(Duration.ofSeconds(20))).isTrue();
			assertThat(Files.readString(log())).contains("Full thread dump").contains("stubborn");
		}
	}

	@Test
	void aChildThatFailsTellsWhy() {
		try (ChildProcess child = child(Failing.class)) {
			assertThat(child.awaitExit(Duration.ofSeconds(20))).isTrue();
			assertThat(child.describeExit()).contains("exited with 1").contains("no such thing");
		}
	}

	@Test
	void childrenDieWithAHarnessThatIsKilled() throws IOException {
		assertThatChildrenDieWith(ChildProcess::kill);
	}

	@Test
	void childrenDieWithAHarnessThatExitsWithoutClosingThem() throws IOException {
		assertThatChildrenDieWith((harness) -> harness.terminate(Duration.ofSeconds(20)));
	}

	private void assertThatChildrenDieWith(Consumer<ChildProcess> end) throws IOException {
		try (ChildProcess harness = child(Harness.class)) {
			Path pids = this.directory.resolve("pids");
			Awaitility.await().until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 2);
			List<ProcessHandle> grandchildren = Files.readAllLines(pids)
				.stream()
				.map((pid) -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
				.toList();
			end.accept(harness);
			Awaitility.await().until(() -> grandchildren.stream().noneMatch(ProcessHandle::isAlive));
		}
	}

	@Test
	void cpuLoadTakesCpuUntilItIsClosed() {
		try (CpuLoad load = CpuLoad.start(2)) {
			assertThat(load).isNotNull();
			Awaitility.await().until(() -> cpuLoadThreads().length == 2 && cpuNanos(cpuLoadThreads()) > 200_000_000);
		}
		assertThat(cpuLoadThreads()).isEmpty();
	}

	private static Thread[] cpuLoadThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("cpu-load"))
			.toArray(Thread[]::new);
	}

	private static long cpuNanos(Thread[] threads) {
		long sum = 0;
		for (Thread thread : threads) {
			sum += ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
		}
		return sum;
	}

	private ChildProcess counter() {
		return child(Counter.class);
	}

	private ChildProcess child(Class<?> mainClass) {
		return child(this.directory, mainClass);
	}

	private static ChildProcess child(Path directory, Class<?> mainClass) {
		return ChildProcess.start(mainClass.getSimpleName(), directory.resolve("child.log"),
				List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")),
				mainClass.getName(), List.of(directory.toString()));
	}

	private Path log() {
		return this.directory.resolve("child.log");
	}

	private long ticks() {
		try {
			return Files.size(this.directory.resolve("ticks"));
		}
		catch (IOException ex) {
			return 0;
		}
	}

	/**
	 * Writes a byte again and again.
	 */
	public static final class Counter {

		public static void main(String[] args) throws Exception {
			try (var out = Files.newOutputStream(Path.of(args[0], "ticks"))) {
				while (true) {
					out.write(1);
					Thread.sleep(5);
				}
			}
		}

	}

	/**
	 * Does not end before it is killed.
	 */
	public static final class Stubborn {

		public static void main(String[] args) throws Exception {
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				while (true) {
					try {
						Thread.sleep(1000);
					}
					catch (InterruptedException ex) {
						// So what.
					}
				}
			}, "stubborn"));
			Counter.main(args);
		}

	}

	/**
	 * Ends at once.
	 */
	public static final class Failing {

		public static void main(String[] args) {
			throw new IllegalArgumentException("no such thing");
		}

	}

	/**
	 * Has two children and does not close them.
	 */
	public static final class Harness {

		public static void main(String[] args) throws Exception {
			Path directory = Path.of(args[0]);
			ChildProcess running = child(directory, Counter.class);
			ChildProcess other = child(directory, Counter.class);
			Files.writeString(directory.resolve("pids"), running.pid() + "\n" + other.pid() + "\n");
			Thread.sleep(60_000);
		}

	}

}
