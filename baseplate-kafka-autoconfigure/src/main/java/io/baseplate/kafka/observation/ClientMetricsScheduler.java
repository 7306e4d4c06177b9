package io.baseplate.kafka.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * One daemon thread that looks for new metrics of all Kafka clients, alive while there is
 * a client. Micrometer's binder never cancels what it schedules on a scheduler that it
 * was given, and would look for ever after the metrics of a closed client: so each binder
 * gets a lane of its own, and closing the lane cancels. Any thread.
 */
final class ClientMetricsScheduler implements AutoCloseable {

	static final String THREAD_NAME = "baseplate-kafka-client-metrics";

	private @Nullable ScheduledThreadPoolExecutor executor;

	private int lanes;

	private boolean closed;

	/**
	 * A scheduler for one client.
	 * @return the lane, or {@code null} where this is closed
	 */
	synchronized @Nullable Lane open() {
		if (this.closed) {
			return null;
		}
		ScheduledThreadPoolExecutor executor = this.executor;
		if (executor == null) {
			executor = new ScheduledThreadPoolExecutor(1, ClientMetricsScheduler::newThread);
			executor.setRemoveOnCancelPolicy(true);
			this.executor = executor;
		}
		this.lanes++;
		return new Lane(executor);
	}

	private synchronized void laneClosed() {
		if (--this.lanes == 0) {
			shutdown();
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		shutdown();
	}

	private void shutdown() {
		if (this.executor != null) {
			this.executor.shutdownNow();
			this.executor = null;
		}
	}

	private static Thread newThread(Runnable task) {
		Thread thread = new Thread(task, THREAD_NAME);
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * The scheduler of one client. What it runs never overlaps with its {@link #close}.
	 */
	final class Lane extends AbstractExecutorService implements ScheduledExecutorService {

		private final ScheduledExecutorService executor;

		private final List<Future<?>> tasks = new ArrayList<>();

		private boolean laneClosed;

		private Lane(ScheduledExecutorService executor) {
			this.executor = executor;
		}

		/**
		 * Cancel what was scheduled, wait for what is running, then clean up.
		 * @param cleanUp runs when nothing else does
		 */
		void close(Runnable cleanUp) {
			try {
				synchronized (this) {
					this.laneClosed = true;
					this.tasks.forEach((task) -> task.cancel(false));
					this.tasks.clear();
					cleanUp.run();
				}
			}
			finally {
				ClientMetricsScheduler.this.laneClosed();
			}
		}

		private synchronized void run(Runnable task) {
			if (!this.laneClosed) {
				task.run();
			}
		}

		private synchronized <T extends Future<?>> T keep(T task) {
			this.tasks.add(task);
			return task;
		}

		@Override
		public void execute(Runnable task) {
			this.executor.execute(() -> run(task));
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			return keep(this.executor.schedule(() -> run(task), delay, unit));
		}

		@Override
		public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
			return keep(this.executor.schedule(task, delay, unit));
		}

		@Override
		public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
			return keep(this.executor.scheduleAtFixedRate(() -> run(task), initialDelay, period, unit));
		}

		@Override
		public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
			return keep(this.executor.scheduleWithFixedDelay(() -> run(task), initialDelay, delay, unit));
		}

		@Override
		public synchronized void shutdown() {
			this.laneClosed = true;
		}

		@Override
		public List<Runnable> shutdownNow() {
			shutdown();
			return List.of();
		}

		@Override
		public synchronized boolean isShutdown() {
			return this.laneClosed;
		}

		@Override
		public boolean isTerminated() {
			return isShutdown();
		}

		@Override
		public boolean awaitTermination(long timeout, TimeUnit unit) {
			return isShutdown();
		}

	}

}
