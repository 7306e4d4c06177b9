package io.baseplate.kafka.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.UserCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a crash of the JVM repeats and loses: real processes that halt while they handle a
 * message, on a real broker.
 */
class CrashTests {

	private final Cluster cluster = Cluster.shared();

	private final String topic = this.cluster.newTopic(1);

	private final String group = this.cluster.newGroup();

	private final Consumers consumers = new Consumers(this.cluster);

	@AfterEach
	void stop() {
		this.consumers.close();
	}

	@Test
	void afterACrashBetweenHandlingAndCommitEachMessageRepeatsOneMessageAndLosesNone() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 20);
		assertThat(crash(CommitStrategy.EACH_MESSAGE, 7, true)).containsExactly(sequence(0, 8));
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(7);
		assertThat(resume(this.group, CommitStrategy.EACH_MESSAGE, "earliest", 20)).containsExactly(sequence(7, 20));
	}

	/**
	 * Nothing is lost, and what was handled is handled again from the committed offset on
	 * and not before: no more than was handled since the last commit that the brokers
	 * acknowledged. All strategies side by side, because processes take long to start.
	 */
	@Test
	void aCrashRepeatsExactlyWhatTheLastAcknowledgedCommitDoesNotCoverAndLosesNothing() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 200);
		Map<CommitStrategy, Child> children = new EnumMap<>(CommitStrategy.class);
		try {
			for (CommitStrategy commit : List.of(CommitStrategy.CONTINUOUS, CommitStrategy.INTERVAL,
					CommitStrategy.PROCESSED)) {
				children.put(commit, new Child(this.cluster.newGroup(), commit, 150, true, "earliest"));
			}
			for (Child child : children.values()) {
				assertThat(child.exit()).isEqualTo(137);
			}
		}
		finally {
			children.values().forEach(Child::close);
		}
		children.forEach(this::assertRepeatsExactlyWhatIsNotCommitted);
	}

	private void assertRepeatsExactlyWhatIsNotCommitted(CommitStrategy commit, Child child) {
		List<Long> first = child.handled();
		long committed = this.cluster.committed(child.group, 0);
		assertThat(committed).as("committed under %s", commit).isBetween(1L, 151L);
		assertThat(first).as("%s", commit).doesNotHaveDuplicates().contains(sequence(0, committed));
		List<Long> second = resume(child.group, commit, "earliest", 200);
		assertThat(second).as("%s", commit).containsExactlyInAnyOrder(sequence(committed, 200));
		if (commit.mode() == ConsumerMode.IN_ORDER) {
			assertThat(first).as("%s", commit).containsExactly(sequence(0, 151));
			assertThat(second).as("%s", commit).isSorted();
		}
	}

	@Test
	void underReadACrashSkipsWhatWasReadAndNotHandledAndRepeatsNothingThatWasCommitted() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 200);
		List<Long> first = crash(CommitStrategy.READ, 10, false);
		long committed = this.cluster.committed(this.group, 0);
		assertThat(committed).isGreaterThan(10);
		assertThat(first).doesNotContain(10L);
		this.cluster.sendNumbers(this.topic, 1, 1);
		assertThat(resume(this.group, CommitStrategy.READ, "earliest", 201))
			.containsExactlyInAnyOrder(sequence(committed, 201));
	}

	@Test
	void withLatestACrashBeforeTheFirstCommitSkipsNothingThatWasRead() throws Exception {
		this.cluster.sendNumbers(this.topic, 1, 5);
		try (Child child = new Child(this.group, CommitStrategy.EACH_MESSAGE, 5, false, "latest")) {
			child.await("running");
			Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 5);
			this.cluster.sendNumbers(this.topic, 1, 2);
			child.await("dying with 5");
			assertThat(child.exit()).isEqualTo(137);
		}
		assertThat(resume(this.group, CommitStrategy.EACH_MESSAGE, "latest", 7)).containsExactly(5L, 6L);
	}

	private List<Long> crash(CommitStrategy commit, long fatal, boolean handleFatal) throws Exception {
		try (Child child = new Child(this.group, commit, fatal, handleFatal, "earliest")) {
			assertThat(child.exit()).isEqualTo(137);
			return child.handled();
		}
	}

	/**
	 * What the next member of the group is handed, which takes over when the session of
	 * the one that died has ended.
	 */
	private List<Long> resume(String group, CommitStrategy commit, String reset, long end) {
		List<Long> handled = Collections.synchronizedList(new ArrayList<>());
		QueueConsumer consumer = this.consumers.make(ChildConsumer.settings(group, this.topic, commit),
				Map.of("auto.offset.reset", reset), (settings) -> settings,
				UserCode.ofRecords((context, data, message) -> handled.add(message.offset())), ConsumerRuntime.plain());
		consumer.start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> this.cluster.committed(group, 0) == end && consumer.status().inFlight() == 0
					&& consumer.status().queueDepth() == 0);
		consumer.stop();
		return List.copyOf(handled);
	}

	private static Long[] sequence(long from, long end) {
		return LongStream.range(from, end).boxed().toArray(Long[]::new);
	}

	private final class Child implements AutoCloseable {

		private final String group;

		private final Process process;

		private final BufferedReader output;

		private final List<String> lines = new ArrayList<>();

		private Child(String group, CommitStrategy commit, long fatal, boolean handleFatal, String reset)
				throws IOException {
			this.group = group;
			List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
					ChildConsumer.class.getName(), CrashTests.this.cluster.bootstrapServers(), CrashTests.this.topic,
					group, commit.name(), Long.toString(fatal), Boolean.toString(handleFatal), reset);
			this.process = new ProcessBuilder(command).redirectError(new File("target", "child-" + group + ".log"))
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
