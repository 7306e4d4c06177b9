package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the harness keeps what it makes once per build: under {@code target}, so that a
 * clean build begins without.
 */
final class BuildDirectory {

	private static final Path path = Path.of(System.getProperty("chaos.build-directory", "target/chaos"))
		.toAbsolutePath();

	private BuildDirectory() {
	}

	static Path resolve(String name) {
		try {
			return Files.createDirectories(path.resolve(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
