package io.baseplate.kafka.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.baseplate.kafka.CommitStrategy;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a crash of the JVM repeats and loses: real processes that halt while they handle a
 * message, on a real broker.
 */
class CrashTests {

	private final Cluster cluster = Cluster.shared();

	private final String topic = this.cluster.newTopic(1);

	private final String group = this.cluster.newGroup();

	@Test
	void afterACrashBetweenHandlingAndCommitEachMessageRepeatsOneMessageAndLosesNone() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 20);
		List<Long> first = run(CommitStrategy.EACH_MESSAGE, 7, true, "earliest");
		List<Long> second = run(CommitStrategy.EACH_MESSAGE, 19, true, "earliest");
		assertThat(first).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
		assertThat(second).startsWith(7L, 8L).endsWith(19L).hasSize(13);
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "CONTINUOUS", "INTERVAL", "PROCESSED" })
	void afterACrashNothingIsLost(CommitStrategy commit) throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 200);
		List<Long> all = new ArrayList<>(run(commit, 60, false, "earliest"));
		all.addAll(run(commit, 199, true, "earliest"));
		assertThat(all).contains(sequence(0, 199));
	}

	@Test
	void underReadACrashSkipsWhatWasReadAndNotHandled() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 200);
		List<Long> all = new ArrayList<>(run(CommitStrategy.READ, 10, false, "earliest"));
		assertThat(this.cluster.committed(this.group, 0)).isGreaterThan(10);
		this.cluster.sendNumbers(this.topic, 1, 1);
		all.addAll(run(CommitStrategy.READ, 200, true, "earliest"));
		assertThat(all).doesNotContain(10L).endsWith(200L);
	}

	@Test
	void withLatestACrashBeforeTheFirstCommitSkipsNothingThatWasRead() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 5);
		try (Child child = new Child(CommitStrategy.EACH_MESSAGE, 5, false, "latest")) {
			child.await("running");
			Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 5);
			this.cluster.sendNumbers(this.topic, 1, 2);
			child.await("dying with 5");
			assertThat(child.exit()).isEqualTo(137);
		}
		assertThat(run(CommitStrategy.EACH_MESSAGE, 6, true, "latest")).containsExactly(5L, 6L);
	}

	private List<Long> run(CommitStrategy commit, long fatal, boolean handleFatal, String reset) throws Exception {
		try (Child child = new Child(commit, fatal, handleFatal, reset)) {
			assertThat(child.exit()).isEqualTo(137);
			return child.handled();
		}
	}

	private static Long[] sequence(long from, long to) {
		return LongStream.rangeClosed(from, to).boxed().toArray(Long[]::new);
	}

	private final class Child implements AutoCloseable {

		private final Process process;

		private final BufferedReader output;

		private final List<String> lines = new ArrayList<>();

		private Child(CommitStrategy commit, long fatal, boolean handleFatal, String reset) throws IOException {
			List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
					ChildConsumer.class.getName(), CrashTests.this.cluster.bootstrapServers(), CrashTests.this.topic,
					CrashTests.this.group, commit.name(), Long.toString(fatal), Boolean.toString(handleFatal), reset);
			this.process = new ProcessBuilder(command)
				.redirectError(new File("target", "child-" + CrashTests.this.group + ".log"))
				.start();
			this.output = this.process.inputReader(StandardCharsets.UTF_8);
		}

		void await(String prefix) throws IOException {
			while (this.lines.isEmpty() || !this.lines.get(this.lines.size() - 1).startsWith(prefix)) {
				String line = this.output.readLine();
				assertThat(line).as("output of the child before '%s'", prefix).isNotNull();
				this.lines.add(line);
			}
		}

		int exit() throws InterruptedException {
			this.output.lines().forEach(this.lines::add);
			assertThat(this.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			return this.process.exitValue();
		}

		List<Long> handled() {
			return this.lines.stream()
				.filter((line) -> line.startsWith("handled "))
				.map((line) -> Long.valueOf(line.substring("handled ".length())))
				.toList();
		}

		@Override
		public void close() {
			this.process.destroyForcibly();
			try {
				this.output.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
