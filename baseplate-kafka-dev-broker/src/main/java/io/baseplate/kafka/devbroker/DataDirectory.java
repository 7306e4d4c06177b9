package io.baseplate.kafka.devbroker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker keeps its data: a directory of the caller's, which stays, or a temporary
 * one, which goes.
 */
final class DataDirectory {

	private final Path path;

	private final boolean temporary;

	private @Nullable FileChannel lock;

	private DataDirectory(Path path, boolean temporary) {
		this.path = path;
		this.temporary = temporary;
	}

	static DataDirectory open(@Nullable Path directory) {
		try {
			return (directory != null) ? new DataDirectory(Files.createDirectories(directory).toAbsolutePath(), false)
					: new DataDirectory(Files.createTempDirectory("kafka-dev-broker-"), true);
		}
		catch (IOException ex) {
			throw new DevBrokerException("The dev broker's data directory '"
					+ ((directory != null) ? directory : System.getProperty("java.io.tmpdir"))
					+ "' cannot be written: choose another with directory(...)", ex);
		}
	}

	Path path() {
		return this.path;
	}

	/**
	 * Keep other brokers out. Kafka has a lock of its own, but in a node that is both
	 * controller and broker it is taken only after the controller has written to the
	 * directory.
	 * @throws DevBrokerException if another broker uses the directory
	 */
	void lock() {
		try {
			FileChannel channel = FileChannel.open(this.path.resolve(".dev-broker.lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE);
			if (!tryLock(channel)) {
				channel.close();
				throw new DevBrokerException("The directory '" + this.path + "' is in use by another dev broker: "
						+ "stop that one, or choose another directory with directory(...)", null);
			}
			this.lock = channel;
		}
		catch (IOException ex) {
			throw new DevBrokerException("The dev broker's data directory '" + this.path
					+ "' cannot be written: choose another with directory(...)", ex);
		}
	}

	private static boolean tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock() != null;
		}
		catch (OverlappingFileLockException ex) {
			// Held by this JVM.
			return false;
		}
	}

	void unlock() {
		FileChannel held = this.lock;
		this.lock = null;
		if (held != null) {
			try {
				held.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * Prepare an empty directory for a broker; one that was prepared before stays as it
	 * is.
	 */
	void format() throws Exception {
		if (Files.exists(this.path.resolve("meta.properties"))) {
			return;
		}
		try (PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
			new Formatter().setPrintStream(nowhere)
				.setNodeId(BrokerProperties.NODE_ID)
				.setClusterId(Uuid.randomUuid().toString())
				.setControllerListenerName(BrokerProperties.CONTROLLER_LISTENER)
				.setMetadataLogDirectory(this.path.toString())
				.addDirectory(this.path.toString())
				.run();
		}
	}

	void deleteIfTemporary() throws IOException {
		if (!this.temporary || !Files.exists(this.path)) {
			return;
		}
		Files.walkFileTree(this.path, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
				Files.deleteIfExists(file);
				return FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
					throws IOException {
				if (failure != null) {
					throw failure;
				}
				Files.deleteIfExists(directory);
				return FileVisitResult.CONTINUE;
			}

		});
	}

}
