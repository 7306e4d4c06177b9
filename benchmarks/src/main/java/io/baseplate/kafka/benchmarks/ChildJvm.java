package io.baseplate.kafka.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child JVM with the class path of this one. It ends when this one does, in whatever
 * way: see {@link io.baseplate.kafka.benchmarks.run.DieWithParent}.
 */
final class ChildJvm implements AutoCloseable {

	private final String name;

	private final Path log;

	private final Process process;

	private ChildJvm(String name, Path log, Process process) {
		this.name = name;
		this.log = log;
		this.process = process;
	}

	/**
	 * Start a child.
	 * @param name for messages about it
	 * @param java the JDK's directory
	 * @param log where its output goes
	 * @param options options of the JVM
	 * @param main the main class
	 * @param arguments its arguments
	 * @return the child
	 */
	static ChildJvm start(String name, Path java, Path log, List<String> options, Class<?> main,
			List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(java.resolve("bin").resolve("java").toString());
		command.addAll(options);
		command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
		command.addAll(arguments);
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.start();
			return new ChildJvm(name, log, process);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot start " + name, ex);
		}
	}

	long pid() {
		return this.process.pid();
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Wait for its end.
	 * @param timeout how long it may take
	 * @return whether it has ended
	 */
	boolean awaitExit(Duration timeout) throws InterruptedException {
		return this.process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * What there is to say where something went wrong with it.
	 * @return its name, whether it lives, and its log
	 */
	String describe() {
		return this.name + (isAlive() ? " is alive" : " exited with " + this.process.exitValue()) + "; see " + this.log;
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
