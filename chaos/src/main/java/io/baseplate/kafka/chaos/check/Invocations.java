package io.baseplate.kafka.chaos.check;

import java.util.Arrays;

/**
 * Invocations of handlers for the messages of one partition, in columns. First collected
 * in any order, then {@link #sort() sorted} by their beginning.
 */
final class Invocations {

	/**
	 * The end of an invocation that has none.
	 */
	static final long NEVER = Long.MAX_VALUE;

	private long[] starts = new long[64];

	private long[] ends = new long[64];

	private int[] messages = new int[64];

	private int[] processes = new int[64];

	private Outcome[] outcomes = new Outcome[64];

	private int size;

	int size() {
		return this.size;
	}

	/**
	 * An invocation began.
	 * @return its place, until this is sorted
	 */
	int begin(int process, int message, long start) {
		if (this.size == this.starts.length) {
			int length = this.size * 2;
			this.starts = Arrays.copyOf(this.starts, length);
			this.ends = Arrays.copyOf(this.ends, length);
			this.messages = Arrays.copyOf(this.messages, length);
			this.processes = Arrays.copyOf(this.processes, length);
			this.outcomes = Arrays.copyOf(this.outcomes, length);
		}
		int index = this.size++;
		this.starts[index] = start;
		this.ends[index] = NEVER;
		this.messages[index] = message;
		this.processes[index] = process;
		this.outcomes[index] = Outcome.OPEN;
		return index;
	}

	void end(int index, Outcome outcome, long end) {
		this.ends[index] = end;
		this.outcomes[index] = outcome;
	}

	/**
	 * Bring the invocations into the order of time. Those of one process nearly are, so
	 * runs that are in order already are left alone.
	 */
	void sort() {
		int[] order = new int[this.size];
		for (int i = 0; i < this.size; i++) {
			order[i] = i;
		}
		int[] other = new int[this.size];
		for (int width = 1; width < this.size; width *= 2) {
			for (int low = 0; low + width < this.size; low += 2 * width) {
				int middle = low + width;
				int high = Math.min(middle + width, this.size);
				if (this.starts[order[middle - 1]] > this.starts[order[middle]]) {
					merge(order, other, low, middle, high);
				}
			}
		}
		permute(order);
	}

	private void merge(int[] order, int[] other, int low, int middle, int high) {
		System.arraycopy(order, low, other, low, high - low);
		int left = low;
		int right = middle;
		for (int to = low; to < high; to++) {
			boolean takeLeft = right >= high
					|| (left < middle && this.starts[other[left]] <= this.starts[other[right]]);
			order[to] = takeLeft ? other[left++] : other[right++];
		}
	}

	private void permute(int[] order) {
		long[] starts = new long[this.size];
		long[] ends = new long[this.size];
		int[] messages = new int[this.size];
		int[] processes = new int[this.size];
		Outcome[] outcomes = new Outcome[this.size];
		for (int i = 0; i < this.size; i++) {
			int from = order[i];
			starts[i] = this.starts[from];
			ends[i] = this.ends[from];
			messages[i] = this.messages[from];
			processes[i] = this.processes[from];
			outcomes[i] = this.outcomes[from];
		}
		this.starts = starts;
		this.ends = ends;
		this.messages = messages;
		this.processes = processes;
		this.outcomes = outcomes;
	}

	long start(int index) {
		return this.starts[index];
	}

	/**
	 * When it ended, {@link #NEVER} where it did not.
	 */
	long end(int index) {
		return this.ends[index];
	}

	/**
	 * The index of the message among the partition's {@link Messages}.
	 */
	int message(int index) {
		return this.messages[index];
	}

	int process(int index) {
		return this.processes[index];
	}

	Outcome outcome(int index) {
		return this.outcomes[index];
	}

	boolean isHandled(int index) {
		return this.outcomes[index] == Outcome.ENDED;
	}

	/**
	 * The first invocation that began after a moment; the number of invocations where
	 * there is none.
	 */
	int firstAfter(long nanos) {
		int at = Arrays.binarySearch(this.starts, 0, this.size, nanos);
		if (at < 0) {
			return -at - 1;
		}
		while (at < this.size && this.starts[at] == nanos) {
			at++;
		}
		return at;
	}

	/**
	 * How an invocation ended.
	 */
	enum Outcome {

		/** It did not, as far as the journal tells. */
		OPEN,

		/** The handler returned. */
		ENDED,

		/** The handler threw. */
		FAILED,

		/** The handler left because of its interrupt. */
		INTERRUPTED

	}

}
