package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One child JVM and the signals it gets. What it prints is appended to its log file.
 */
final class ChildProcess implements AutoCloseable {

	/**
	 * How long the kernel may take to carry out a signal that cannot be refused.
	 */
	private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(20);

	/**
	 * Variables that do not reach a child's configuration.
	 */
	private static final Set<String> ENVIRONMENT = Set.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "USER");

	private final String name;

	private final Path log;

	private final Process process;

	private ChildProcess(String name, Path log, Process process) {
		this.name = name;
		this.log = log;
		this.process = process;
	}

	/**
	 * Start a child JVM.
	 * @param name for messages about it
	 * @param log where its output goes
	 * @param jvmOptions options of the JVM, class path included
	 * @param mainClass the main class
	 * @param arguments its arguments
	 * @return the child
	 */
	static ChildProcess start(String name, Path log, List<String> jvmOptions, String mainClass,
			List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmOptions);
		command.add(ChildLauncher.class.getName());
		command.add(mainClass);
		command.addAll(arguments);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
		builder.environment().keySet().retainAll(ENVIRONMENT);
		try {
			Process process = builder.start();
			Children.add(process);
			return new ChildProcess(name, log, process);
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

	int exitCode() {
		return this.process.exitValue();
	}

	/**
	 * SIGKILL.
	 * @return when
	 */
	Span kill() {
		return Span.of(() -> {
			this.process.destroyForcibly();
			requireExit("SIGKILL", SIGNAL_TIMEOUT);
		});
	}

	/**
	 * SIGTERM, and wait for the exit. A child that takes longer is asked for its threads
	 * and killed.
	 * @param timeout how long it may take
	 * @return from the signal to the exit
	 */
	Span terminate(Duration timeout) {
		return Span.of(() -> {
			// Not destroy() of the process itself, which also closes the pipe to the
			// child: for the launcher, the end of the harness.
			this.process.toHandle().destroy();
			requireExit("SIGTERM", timeout);
		});
	}

	/**
	 * SIGSTOP.
	 * @return when
	 */
	Span pause() {
		return Span.of(() -> {
			signal("STOP");
			awaitStopped(true);
		});
	}

	/**
	 * SIGCONT.
	 * @return when
	 */
	Span resume() {
		return Span.of(() -> {
			signal("CONT");
			awaitStopped(false);
		});
	}

	boolean awaitExit(Duration timeout) {
		try {
			return this.process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for " + this.name, ex);
		}
	}

	private void requireExit(String signal, Duration timeout) {
		if (awaitExit(timeout)) {
			return;
		}
		signal("QUIT");
		awaitExit(Duration.ofSeconds(2));
		this.process.destroyForcibly();
		throw new IllegalStateException(this.name + " was alive " + timeout + " after " + signal
				+ "; its threads are at the end of " + this.log);
	}

	private void signal(String signal) {
		if (!this.process.isAlive()) {
			throw new IllegalStateException("SIG" + signal + " for " + describeExit());
		}
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).redirectErrorStream(true)
				.start();
			String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (kill.waitFor() != 0) {
				throw new IllegalStateException("kill -" + signal + " of " + this.name + ": " + output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The signal is for the whole process, but each thread stops at a moment of its own.
	 */
	private void awaitStopped(boolean stopped) {
		Waiting.until(() -> threadStates().allMatch((state) -> (state == 'T') == stopped), SIGNAL_TIMEOUT,
				() -> this.name + " is " + (stopped ? "not " : "still ") + "stopped");
	}

	private Stream<Character> threadStates() {
		try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
			return threads.map(ChildProcess::state).toList().stream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(describeExit(), ex);
		}
	}

	/**
	 * The third field of a thread's {@code stat}; the second is a name in parentheses.
	 */
	private static char state(Path thread) {
		try {
			String stat = Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1);
			return stat.charAt(stat.lastIndexOf(')') + 2);
		}
		catch (IOException ex) {
			// The thread has ended since it was listed.
			return ' ';
		}
	}

	/**
	 * What can be said of a child that is not alive.
	 * @return name, exit code and the end of the log
	 */
	String describeExit() {
		String end = this.process.isAlive() ? " is alive" : " exited with " + this.process.exitValue();
		return this.name + end + ", and its log " + this.log + " ends:\n" + LogFiles.tail(this.log);
	}

	@Override
	public void close() {
		if (this.process.isAlive()) {
			kill();
		}
	}

}
