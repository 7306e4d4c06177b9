package io.baseplate.kafka.consumer;

import java.util.function.Function;

/**
 * What consumers share with the application around them: the seed's {@code baseplate}
 * parameter. The auto-configuration has one as a bean.
 *
 * @param telemetry makes the telemetry of one consumer
 * @param threads makes the handler threads; gets the name of the thread and the task, and
 * returns the thread unstarted
 * @param listener is told about every consumer
 */
public record ConsumerRuntime(Function<ConsumerSettings, ConsumerTelemetry> telemetry, HandlerThreads threads,
		ConsumerListener listener) {

	/**
	 * A runtime without telemetry, with daemon platform threads and no listener.
	 * @return the runtime
	 */
	public static ConsumerRuntime plain() {
		return new ConsumerRuntime((settings) -> ConsumerTelemetry.NOOP, HandlerThreads.PLATFORM,
				ConsumerListener.NONE);
	}

	/**
	 * Makes handler threads.
	 */
	@FunctionalInterface
	public interface HandlerThreads {

		/**
		 * Daemon platform threads. Only with these, under {@code each-message}, a handler
		 * reads for itself.
		 */
		HandlerThreads PLATFORM = (name, task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};

		/**
		 * Make a thread.
		 * @param name the thread's name
		 * @param task what it runs
		 * @return the thread, not started
		 */
		Thread newThread(String name, Runnable task);

	}

}
