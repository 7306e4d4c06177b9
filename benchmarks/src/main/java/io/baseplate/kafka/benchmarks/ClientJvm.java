package io.baseplate.kafka.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.baseplate.kafka.benchmarks.client.ClientMain;
import io.baseplate.kafka.benchmarks.run.JsonFiles;
import io.baseplate.kafka.benchmarks.run.RunAnswer;
import io.baseplate.kafka.benchmarks.run.RunSpec;

/**
 * Measures in fresh JVMs.
 */
final class ClientJvm {

	private static final List<String> OPTIONS = List.of("-Xms128m", "-Xmx1g");

	/**
	 * For what is not a pass: starting, stopping, verifying.
	 */
	private static final Duration OVERHEAD = Duration.ofMinutes(3);

	private final Path java;

	private final Path directory;

	ClientJvm(Path java, Path directory) {
		this.java = java;
		this.directory = directory;
	}

	/**
	 * Measure once.
	 * @param name the name of its files
	 * @param spec what to measure
	 * @return what it gave
	 */
	RunAnswer run(String name, RunSpec spec) throws InterruptedException {
		Path spoken = this.directory.resolve(name + ".spec.json");
		Path answer = this.directory.resolve(name + ".answer.json");
		Path log = this.directory.resolve(name + ".log");
		JsonFiles.write(spoken, JsonFiles.line(spec));
		Duration timeout = OVERHEAD.plusMillis((long) (1000 * (spec.warmSeconds() + spec.seconds())));
		try (ChildJvm child = ChildJvm.start(name, this.java, log, OPTIONS, ClientMain.class,
				List.of(spoken.toString(), answer.toString()))) {
			if (!child.awaitExit(timeout) || !Files.exists(answer)) {
				return RunAnswer.problems(List.of("no answer: " + child.describe()));
			}
		}
		return JsonFiles.parse(JsonFiles.read(answer), RunAnswer.class);
	}

}
