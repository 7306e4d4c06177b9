package io.baseplate.kafka.chaos.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class ClassPathTests {

	@TempDir
	private Path directory;

	@Test
	void directoriesBecomeJarsThatStayAsTheyAre() throws IOException {
		Path classes = this.directory.resolve("classes");
		Files.createDirectories(classes.resolve("inner"));
		Files.writeString(classes.resolve("inner/first"), "1");
		Path jar = Path.of(of(classes.toString()));
		Files.writeString(classes.resolve("inner/second"), "2");
		Path next = Path.of(of(classes.toString()));
		assertThat(entries(jar)).containsExactly("inner/", "inner/first");
		assertThat(entries(next)).containsExactly("inner/", "inner/first", "inner/second");
		Files.delete(jar);
		Files.delete(next);
	}

	@Test
	void emptyElementsAreNotTheWorkingDirectory() throws IOException {
		Path jar = Files.createFile(this.directory.resolve("some.jar"));
		assertThat(of(jar + File.pathSeparator)).isEqualTo(jar.toString());
		assertThat(of("")).isEmpty();
	}

	@Test
	void whatIsNotThereIsLeftOut() {
		assertThat(of(this.directory.resolve("none.jar").toString())).isEmpty();
	}

	@Test
	void applicationsHaveNoBrokerAndBrokersNoApplication() {
		assertThat(ClassPath.applications().toString()).contains("kafka-clients", "baseplate-kafka-autoconfigure")
			.doesNotContain("kafka-server", "junit");
		assertThat(ClassPath.brokers().toString()).contains("kafka-clients", "kafka-server")
			.doesNotContain("baseplate-kafka-autoconfigure", "spring-", "junit");
	}

	private static String of(String classPath) {
		return ClassPath.of(classPath, (name) -> true).toString();
	}

	private static String[] entries(Path jar) throws IOException {
		try (JarFile file = new JarFile(jar.toFile())) {
			return file.stream().map(JarEntry::getName).toArray(String[]::new);
		}
	}

}
