package io.baseplate.kafka.chaos.process;

import java.util.ArrayList;
import java.util.List;

/**
 * Threads that do nothing but take CPU from the others, for runs on a busy machine.
 */
public final class CpuLoad implements AutoCloseable {

	private final List<Thread> threads = new ArrayList<>();

	private volatile boolean closed;

	private CpuLoad(int count) {
		for (int i = 0; i < count; i++) {
			Thread thread = new Thread(this::spin, "cpu-load-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
		}
	}

	/**
	 * Begin to take CPU.
	 * @param threads how many threads
	 * @return the load, until it is closed
	 */
	public static CpuLoad start(int threads) {
		CpuLoad load = new CpuLoad(threads);
		load.threads.forEach(Thread::start);
		return load;
	}

	private void spin() {
		while (!this.closed) {
			Thread.onSpinWait();
		}
	}

	@Override
	public void close() {
		this.closed = true;
		for (Thread thread : this.threads) {
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
