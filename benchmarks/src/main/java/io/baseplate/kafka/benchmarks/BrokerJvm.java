package io.baseplate.kafka.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.baseplate.kafka.benchmarks.broker.BrokerMain;
import io.baseplate.kafka.benchmarks.run.JsonFiles;

import org.springframework.util.FileSystemUtils;

/**
 * The broker's process and its data, which go when it is closed.
 */
final class BrokerJvm implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration LOOK = Duration.ofMillis(50);

	private final ChildJvm process;

	private final Path directory;

	private final String address;

	private BrokerJvm(ChildJvm process, Path directory, String address) {
		this.process = process;
		this.directory = directory;
		this.address = address;
	}

	/**
	 * Start a broker without any data.
	 * @param java the JDK's directory
	 * @param directory where its data and its log go
	 * @return the broker, ready for clients
	 */
	static BrokerJvm start(Path java, Path directory) throws InterruptedException {
		Path data = directory.resolve("broker");
		Path ready = directory.resolve("broker.address");
		try {
			FileSystemUtils.deleteRecursively(data);
			Files.deleteIfExists(ready);
			Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		ChildJvm process = ChildJvm.start("The broker", java, directory.resolve("broker.log"),
				List.of("-Xms1g", "-Xmx1g"), BrokerMain.class, List.of(data.toString(), ready.toString()));
		long begun = System.nanoTime();
		while (!Files.exists(ready)) {
			boolean late = System.nanoTime() - begun > START_TIMEOUT.toNanos();
			if (late || process.awaitExit(LOOK)) {
				process.close();
				throw new IllegalStateException("No broker: " + process.describe());
			}
		}
		return new BrokerJvm(process, data, JsonFiles.read(ready));
	}

	String address() {
		return this.address;
	}

	long pid() {
		return this.process.pid();
	}

	@Override
	public void close() {
		this.process.close();
		try {
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
