package io.baseplate.kafka.application;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that is processed ahead of time, as the goal {@code process-aot} does:
 * what was made at build time is compiled, and the application runs with it in a JVM of
 * its own.
 */
class AheadOfTimeTests {

	@TempDir
	static Path directory;

	private static String classPath;

	@BeforeAll
	static void build() throws Exception {
		Path sources = directory.resolve("sources");
		Path resources = directory.resolve("resources");
		Path classes = directory.resolve("classes");
		SpringApplicationAotProcessor.main(new String[] { AheadOfTimeApplication.class.getName(), sources.toString(),
				resources.toString(), classes.toString(), "io.baseplate", "ahead-of-time" });
		String tests = System.getProperty("java.class.path");
		classPath = String.join(File.pathSeparator, classes.toString(), resources.toString(), tests);
		compile(sources, classes);
	}

	@Test
	void consumersRunAndHandleMessages() throws Exception {
		Run run = run();
		assertThat(run.output()).contains("generated true")
			.contains("kafka_consumer.link_consumer_v0 is InOrderConsumer")
			.contains("kafka_consumer.thumbnails is FastConsumer")
			.contains("link 7 of new_links")
			.contains("thumbnail of a body");
		assertThat(run.exit()).isZero();
	}

	@Test
	void anotherModeThanThatOfTheBuildFailsTheStartByName() throws Exception {
		Run run = run("--baseplate.kafka.consumers.link_consumer_v0.mode=fast");
		assertThat(run.output()).contains("APPLICATION FAILED TO START")
			.contains("The Kafka consumer 'kafka_consumer.link_consumer_v0' cannot be made because of its mode")
			.contains("Value: \"fast\"")
			.contains("of type InOrderConsumer: the mode was fixed when the application was built")
			.doesNotContain("link 7");
		assertThat(run.exit()).isEqualTo(1);
	}

	private static void compile(Path sources, Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (Stream<Path> files = Files.walk(sources);
				StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
			List<Path> units = files.filter((file) -> file.toString().endsWith(".java")).toList();
			Files.createDirectories(classes);
			assertThat(compiler
				.getTask(null, manager, null,
						List.of("-proc:none", "-nowarn", "-classpath", classPath, "-d", classes.toString()), null,
						manager.getJavaFileObjectsFromPaths(units))
				.call()).isTrue();
		}
	}

	private static Run run(String... args) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1", "-Dspring.aot.enabled=true", "-cp", classPath,
						AheadOfTimeApplication.class.getName()));
		command.addAll(List.of(args));
		Path output = Files.createTempFile(directory, "output", ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * One run of the application.
	 *
	 * @param exit the exit code
	 * @param output all that it printed
	 */
	private record Run(int exit, String output) {
	}

}
