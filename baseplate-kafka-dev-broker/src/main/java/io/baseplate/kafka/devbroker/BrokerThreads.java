package io.baseplate.kafka.devbroker;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.apache.kafka.common.utils.Exit;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one broker. A thread inherits its group from the one that makes it, so
 * whatever a broker starts can be told from the threads of the host and of other brokers:
 * that is how a fault finds its broker, and how the end of all threads can be awaited.
 */
final class BrokerThreads {

	static {
		// Kafka ends the process when its data may be at risk. Here that is somebody
		// else's.
		Exit.setExitProcedure((status, message) -> onExit(status, message, Runtime.getRuntime()::exit));
		Exit.setHaltProcedure((status, message) -> onExit(status, message, Runtime.getRuntime()::halt));
	}

	private final Group group;

	BrokerThreads(String name, Consumer<DevBrokerException> onFault) {
		this.group = new Group(name, onFault);
	}

	/**
	 * Run a task on a thread of the broker and wait for its end. An interrupt does not
	 * end the wait (Kafka leaves half a broker behind where it is interrupted) and is
	 * still set afterwards.
	 * @param name what the task does, for the thread's name
	 * @param task the task
	 * @param timeout how long to wait
	 * @throws TimeoutException where the task goes on past the timeout
	 * @throws Exception what the task throws
	 */
	void call(String name, Task task, Duration timeout) throws Exception {
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		Thread thread = new Thread(this.group, () -> {
			try {
				task.run();
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		}, this.group.getName() + "-" + name);
		thread.setDaemon(true);
		this.group.caller = thread;
		thread.start();
		boolean ended = awaitUninterruptibly(() -> !thread.isAlive(), timeout);
		this.group.caller = null;
		if (!ended) {
			throw new TimeoutException("Still at it after " + timeout.toSeconds() + " s");
		}
		Throwable thrown = failure.get();
		if (thrown instanceof Exception ex) {
			throw ex;
		}
		if (thrown instanceof Error ex) {
			throw ex;
		}
	}

	/**
	 * Wait for all threads of the broker to end.
	 * @param timeout how long to wait
	 * @return whether they did
	 */
	boolean awaitEnd(Duration timeout) {
		return awaitUninterruptibly(() -> names().isEmpty(), timeout);
	}

	/**
	 * The names of the threads of the broker that are alive. Those of the broker's
	 * metrics library serve all brokers of the JVM, and happen to be made by the first.
	 */
	List<String> names() {
		Thread[] threads = new Thread[this.group.activeCount() + 10];
		int count = this.group.enumerate(threads);
		return Arrays.stream(threads, 0, count)
			.map(Thread::getName)
			.filter((name) -> !name.startsWith("metrics-meter-tick-thread"))
			.toList();
	}

	private static boolean awaitUninterruptibly(Condition condition, Duration timeout) {
		long start = System.nanoTime();
		boolean interrupted = false;
		try {
			while (!condition.holds()) {
				if (System.nanoTime() - start > timeout.toNanos()) {
					return false;
				}
				LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
				interrupted |= Thread.interrupted();
			}
			return true;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static void onExit(int status, @Nullable String message, EndOfProcess end) {
		Thread thread = Thread.currentThread();
		for (ThreadGroup group = thread.getThreadGroup(); group != null; group = group.getParent()) {
			if (group instanceof Group broker) {
				DevBrokerException fault = new DevBrokerException("The dev broker stopped working: its thread '"
						+ thread.getName() + "' asked for the end of the process, with status " + status
						+ ((message != null) ? " (" + message + ")" : "") + ". The log has the cause", null);
				if (thread == broker.caller) {
					// Kafka goes on to throw the cause to who started or stopped it.
					return;
				}
				broker.onFault.accept(fault);
				// Whoever asked for the end of the process does not expect to go on.
				throw new EndOfThread(fault);
			}
		}
		end.with(status);
	}

	/**
	 * What a broker does on a thread of its own.
	 */
	@FunctionalInterface
	interface Task {

		void run() throws Exception;

	}

	@FunctionalInterface
	private interface Condition {

		boolean holds();

	}

	@FunctionalInterface
	private interface EndOfProcess {

		void with(int status);

	}

	private static final class Group extends ThreadGroup {

		private final Consumer<DevBrokerException> onFault;

		private volatile @Nullable Thread caller;

		Group(String name, Consumer<DevBrokerException> onFault) {
			super(name);
			this.onFault = onFault;
		}

		@Override
		public void uncaughtException(Thread thread, Throwable ex) {
			if (!(ex instanceof EndOfThread)) {
				super.uncaughtException(thread, ex);
			}
		}

	}

	/**
	 * Ends the thread that would have ended the process.
	 */
	private static final class EndOfThread extends Error {

		EndOfThread(Throwable cause) {
			super(cause);
		}

	}

}
