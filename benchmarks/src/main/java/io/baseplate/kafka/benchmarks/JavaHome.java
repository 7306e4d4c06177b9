package io.baseplate.kafka.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What a JDK's directory tells about it.
 */
final class JavaHome {

	private JavaHome() {
	}

	/**
	 * The version.
	 * @param home the directory
	 * @return such as {@code 17.0.15}
	 */
	static String version(Path home) {
		Properties release = new Properties();
		try (Reader reader = Files.newBufferedReader(home.resolve("release"), StandardCharsets.UTF_8)) {
			release.load(reader);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No JDK: " + home, ex);
		}
		return release.getProperty("JAVA_VERSION", "").replace("\"", "");
	}

	static int feature(Path home) {
		return Runtime.Version.parse(version(home)).feature();
	}

}
