package io.baseplate.kafka.chaos.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.chaos.app.ChaosApplication;

/**
 * One process of the application. It is started once; another one with the same
 * specification takes its place.
 */
public final class ApplicationProcess implements AutoCloseable {

	/**
	 * Boot waits 30 s for the phase of the consumers, and what is around it takes a
	 * moment on a busy machine.
	 */
	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(45);

	private final ApplicationSpec spec;

	private final String name;

	private final ChildProcess process;

	private ApplicationProcess(ApplicationSpec spec, String name, ChildProcess process) {
		this.spec = spec;
		this.name = name;
		this.process = process;
	}

	/**
	 * Start a process, and don't wait for it.
	 * @param spec what it runs
	 * @param name its name, unique in the run: its journal is {@code <name>.journal}
	 * @return the process
	 */
	public static ApplicationProcess start(ApplicationSpec spec, String name) {
		Path configuration = spec.write(name);
		List<String> jvm = new ArrayList<>(spec.jvm());
		jvm.addAll(List.of("-cp", ClassPath.applications().toString()));
		return new ApplicationProcess(spec, name, ChildProcess.start(name, log(spec, name), jvm,
				ChaosApplication.class.getName(), List.of("--spring.config.location=file:" + configuration)));
	}

	private static Path log(ApplicationSpec spec, String name) {
		return spec.directory().resolve(name + ".log");
	}

	/**
	 * Wait until the process's consumers have started, which is before they have
	 * partitions: for that see {@link ClusterAdmin#awaitStable}.
	 * @param timeout how long that may take
	 */
	public void awaitRunning(Duration timeout) {
		Waiting.until(() -> {
			if (!isAlive()) {
				throw new IllegalStateException(this.process.describeExit());
			}
			return isRunning();
		}, timeout, this.process::describeExit);
	}

	/**
	 * Whether the process's consumers have started.
	 * @return true from then on, also after the process has ended
	 */
	public boolean isRunning() {
		return Files.exists(this.spec.running(this.name));
	}

	/**
	 * The process's name.
	 * @return unique in the run
	 */
	public String name() {
		return this.name;
	}

	/**
	 * What the process writes, and what can be read of it at any time.
	 * @return the file
	 */
	public Path journal() {
		return this.spec.journal(this.name);
	}

	/**
	 * Where the process's own log goes.
	 * @return the file
	 */
	public Path log() {
		return log(this.spec, this.name);
	}

	/**
	 * The process id.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Whether the process has not ended, be it paused or not.
	 * @return true until it ends
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Kill -9.
	 * @return when
	 */
	public Span kill() {
		return this.process.kill();
	}

	/**
	 * SIGTERM, as an orchestrator stops an application, and wait for the exit. One that
	 * is not over in time is asked for its threads, killed, and reported by an exception.
	 * @return from the signal to the exit
	 */
	public Span terminate() {
		return terminate(STOP_TIMEOUT);
	}

	/**
	 * SIGTERM, and wait for the exit.
	 * @param timeout how long that may take
	 * @return from the signal to the exit
	 */
	public Span terminate(Duration timeout) {
		return this.process.terminate(timeout);
	}

	/**
	 * Wait until the process ends by itself.
	 * @param timeout how long that may take
	 * @return the exit code
	 */
	public int awaitExit(Duration timeout) {
		if (!this.process.awaitExit(timeout)) {
			throw new IllegalStateException("After " + timeout + ": " + this.process.describeExit());
		}
		return exitCode();
	}

	/**
	 * How the process ended: 143 after SIGTERM, 137 after kill -9.
	 * @return the exit code
	 */
	public int exitCode() {
		return this.process.exitCode();
	}

	/**
	 * SIGSTOP: a process that hangs as a whole, as with a long collection of garbage or a
	 * frozen virtual machine.
	 * @return when
	 */
	public Span pause() {
		return this.process.pause();
	}

	/**
	 * SIGCONT.
	 * @return when
	 */
	public Span resume() {
		return this.process.resume();
	}

	@Override
	public void close() {
		this.process.close();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
