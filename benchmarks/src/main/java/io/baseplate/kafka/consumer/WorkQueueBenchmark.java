package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the reader to the handlers and back, for each message: reading it into a batch,
 * claiming it, an empty handler, marking it done, moving the frontier.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
public class WorkQueueBenchmark {

	private static final int MESSAGES = 500;

	/**
	 * How many messages the reader reads at once.
	 */
	@Param({ "1", "500" })
	int batchSize;

	private List<ConsumerRecord<byte[], byte[]>> messages = List.of();

	@Setup
	public void read() {
		this.messages = EngineParts.messages(this.batchSize);
	}

	/**
	 * The work itself: one thread is reader and handler.
	 * @param state the parts
	 * @return the frontier
	 * @throws InterruptedException never
	 */
	@Benchmark
	@OperationsPerInvocation(MESSAGES)
	public long onOneThread(OneThread state) throws InterruptedException {
		EngineParts parts = state.parts;
		for (int added = 0; added < MESSAGES; added += this.batchSize) {
			RecordBatch batch = EngineParts.append(parts.progress, this.messages);
			parts.queue.add(batch, true);
			for (int i = 0; i < this.batchSize; i++) {
				parts.queue.take(state.worker);
				parts.outcomes.done(batch, i, this.messages.get(i), Outcome.HANDLED);
			}
		}
		return parts.progress.advance();
	}

	/**
	 * With handler threads, which are woken where they wait. The reader reads on when the
	 * queue is nearly empty, and waits in the mailbox until then.
	 * @param state the parts
	 * @return the frontier
	 */
	@Benchmark
	@OperationsPerInvocation(MESSAGES)
	public long acrossThreads(ManyThreads state) {
		EngineParts parts = state.parts;
		for (int added = 0; added < MESSAGES; added += this.batchSize) {
			parts.queue.add(EngineParts.append(parts.progress, this.messages), true);
			state.awaitRoom(Math.max(this.batchSize, state.handlers));
		}
		return parts.progress.advance();
	}

	/**
	 * Without threads.
	 */
	@State(Scope.Benchmark)
	public static class OneThread {

		EngineParts parts = new EngineParts();

		HandlerWorker worker = this.parts.worker();

	}

	/**
	 * With handler threads.
	 */
	@State(Scope.Benchmark)
	public static class ManyThreads {

		private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

		/**
		 * How many handlers there are.
		 */
		@Param({ "1", "32" })
		int handlers;

		EngineParts parts = new EngineParts();

		@Setup
		public void start() {
			this.parts.startHandlers(this.handlers);
		}

		/**
		 * As the reader does when the queue is full.
		 * @param capacity how many messages may be in the queue
		 */
		void awaitRoom(int capacity) {
			int lowWater = capacity / 2;
			if (this.parts.queue.depth() <= capacity) {
				return;
			}
			this.parts.mailbox.attach();
			while (true) {
				this.parts.mailbox.clear();
				this.parts.mailbox.listenForDepth(lowWater);
				if (this.parts.queue.depth() <= lowWater) {
					this.parts.mailbox.listenForDepth(-1);
					return;
				}
				this.parts.mailbox.await(WAIT_NANOS);
			}
		}

		@TearDown
		public void stop() throws InterruptedException {
			this.parts.close();
		}

	}

}
