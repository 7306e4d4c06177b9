package io.baseplate.kafka.benchmarks.client;

import org.jspecify.annotations.Nullable;

/**
 * A stack that is a loop on one thread.
 */
abstract class LoopThread implements Stack, Runnable {

	private final Thread thread = new Thread(this::runGuarded, "loop");

	private volatile boolean stopped;

	private volatile @Nullable Throwable failure;

	final void start() {
		this.thread.start();
	}

	final boolean isStopped() {
		return this.stopped;
	}

	private void runGuarded() {
		try {
			run();
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	@Override
	public final @Nullable Throwable failure() {
		return this.failure;
	}

	@Override
	public final void close() throws Exception {
		this.stopped = true;
		this.thread.join();
		Throwable failure = this.failure;
		if (failure != null) {
			throw new IllegalStateException("The loop failed", failure);
		}
	}

}
