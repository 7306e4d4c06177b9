package io.baseplate.kafka.chaos.row;

import java.util.List;
import java.util.Locale;

import io.baseplate.kafka.chaos.journal.EventType;

/**
 * Whether something that a process holds has grown while it worked: the median of the
 * samples in its last fifth against that in its second fifth. The first fifth is for
 * warming up, the median for what comes and goes.
 *
 * @param process the name of the process
 * @param resource what was sampled
 * @param samples how many samples the smaller of the two windows has
 * @param early the median of the early window
 * @param late the median of the late window
 */
record Growth(String process, Resource resource, int samples, long early, long late) {

	/**
	 * With fewer samples in a window nothing can be said.
	 */
	static final int LEAST_SAMPLES = 5;

	/**
	 * Judge the samples of one process.
	 * @param process its name
	 * @param resource what was sampled
	 * @param samples all samples, in the order of time
	 */
	static Growth of(String process, Resource resource, List<Sample> samples) {
		if (samples.isEmpty()) {
			return new Growth(process, resource, 0, -1, -1);
		}
		long from = samples.get(0).nanos();
		long fifth = (samples.get(samples.size() - 1).nanos() - from) / 5;
		long[] early = values(samples, from + fifth, from + 2 * fifth);
		long[] late = values(samples, from + 4 * fifth, Long.MAX_VALUE);
		return new Growth(process, resource, Math.min(early.length, late.length), median(early), median(late));
	}

	private static long[] values(List<Sample> samples, long from, long to) {
		return samples.stream()
			.filter((sample) -> sample.nanos() >= from && sample.nanos() < to)
			.mapToLong(Sample::value)
			.sorted()
			.toArray();
	}

	private static long median(long[] sorted) {
		return (sorted.length > 0) ? sorted[sorted.length / 2] : -1;
	}

	/**
	 * By how much it has grown, negative where it has shrunk.
	 */
	long growth() {
		return this.late - this.early;
	}

	/**
	 * Whether there are enough samples, and growth stays within what is allowed.
	 */
	boolean isFlat() {
		return this.samples >= LEAST_SAMPLES && growth() <= this.resource.allowed;
	}

	private String verdict() {
		if (this.samples < LEAST_SAMPLES) {
			return "**too few samples**";
		}
		return isFlat() ? "flat" : "**grows**";
	}

	@Override
	public String toString() {
		return "%s of %s: %s early, %s late (median of at least %d samples), allowed growth %s".formatted(
				this.resource.description, this.process, this.resource.text(this.early), this.resource.text(this.late),
				this.samples, this.resource.text(this.resource.allowed));
	}

	/**
	 * Verdicts as a table in Markdown.
	 * @param all the verdicts
	 * @return lines, each with its end
	 */
	static String markdown(List<Growth> all) {
		StringBuilder text = new StringBuilder(
				"| process | what | early | late | growth | allowed | |\n|---|---|---|---|---|---|---|\n");
		for (Growth each : all) {
			Resource resource = each.resource();
			text.append("| %s | %s | %s | %s | %s | %s | %s |\n".formatted(each.process(), resource.description,
					resource.text(each.early()), resource.text(each.late()), resource.text(each.growth()),
					resource.text(resource.allowed), each.verdict()));
		}
		return text.toString();
	}

	/**
	 * What a process holds, and by how much it may grow.
	 */
	enum Resource {

		/** A leak of some 10 bytes a message is more. */
		HEAP(EventType.HEAP, "heap in use after a collection", 4 << 20, true),

		/** What the JVM and the clients hold beside the heap is in it. */
		MEMORY(EventType.MEMORY, "anonymous memory", 16 << 20, true),

		/** One that is left behind by each rebalance is more. */
		THREADS(EventType.THREADS, "threads", 2, false),

		/** One that is left behind by each rebalance is more. */
		FILES(EventType.FILES, "open files", 3, false);

		private final EventType type;

		private final String description;

		private final long allowed;

		private final boolean bytes;

		Resource(EventType type, String description, long allowed, boolean bytes) {
			this.type = type;
			this.description = description;
			this.allowed = allowed;
			this.bytes = bytes;
		}

		EventType type() {
			return this.type;
		}

		long allowed() {
			return this.allowed;
		}

		private String text(long value) {
			return this.bytes ? String.format(Locale.ROOT, "%.1f MiB", value / (double) (1 << 20))
					: Long.toString(value);
		}

	}

	/**
	 * One sample.
	 *
	 * @param nanos when
	 * @param value how much or many
	 */
	record Sample(long nanos, long value) {
	}

}
