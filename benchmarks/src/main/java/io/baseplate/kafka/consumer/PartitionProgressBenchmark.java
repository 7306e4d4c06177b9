package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Progress with a steady number of messages in flight: one is done, the frontier moves,
 * another is claimed.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
public class PartitionProgressBenchmark {

	private static final int BATCH_SIZE = 500;

	/**
	 * How many messages are in flight.
	 */
	@Param({ "1", "100", "10000" })
	int inFlight;

	/**
	 * Which of them is done next.
	 */
	@Param({ "IN_ORDER", "RANDOM" })
	Completion completion = Completion.IN_ORDER;

	private final List<ConsumerRecord<byte[], byte[]>> messages = EngineParts.messages(BATCH_SIZE);

	private final PartitionProgress progress = EngineParts.progress();

	private RecordBatch batch = append();

	/**
	 * What is in flight, in no order once completion is at random.
	 */
	private RecordBatch[] batches = {};

	private int[] indexes = {};

	private int next;

	private long seed = 42;

	@Setup
	public void fill() {
		this.batches = new RecordBatch[this.inFlight];
		this.indexes = new int[this.inFlight];
		for (int i = 0; i < this.inFlight; i++) {
			claim(i);
		}
	}

	private RecordBatch append() {
		RecordBatch batch = EngineParts.append(this.progress, this.messages);
		batch.releaseAll();
		return batch;
	}

	private void claim(int slot) {
		int index = this.batch.claim();
		if (index < 0) {
			this.batch = append();
			index = this.batch.claim();
		}
		this.batches[slot] = this.batch;
		this.indexes[slot] = index;
	}

	/**
	 * One message is done.
	 * @return the frontier
	 */
	@Benchmark
	public long done() {
		int slot = choose();
		this.batches[slot].markDone(this.indexes[slot]);
		long frontier = this.progress.advance();
		claim(slot);
		return frontier;
	}

	private int choose() {
		if (this.completion == Completion.IN_ORDER) {
			int slot = this.next;
			this.next = (slot + 1 < this.inFlight) ? slot + 1 : 0;
			return slot;
		}
		this.seed = this.seed * 6364136223846793005L + 1442695040888963407L;
		return (int) ((this.seed >>> 33) % this.inFlight);
	}

	/**
	 * How many are in flight, as the status asks.
	 * @return the number
	 */
	@Benchmark
	public int inFlight() {
		return this.progress.inFlight();
	}

	/**
	 * Which message is done next.
	 */
	public enum Completion {

		/**
		 * The oldest.
		 */
		IN_ORDER,

		/**
		 * Any.
		 */
		RANDOM

	}

}
