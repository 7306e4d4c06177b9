package io.baseplate.kafka.chaos.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.JournalReader;
import io.baseplate.kafka.chaos.journal.JournalReader.Visitor;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is known of a run and puts it in order. Everything may be told in any
 * order; journals are read by {@link #build()}, one at a time, so that a history takes
 * the memory of one cell (some 30 bytes for an invocation) whatever the journals hold.
 */
public final class HistoryBuilder {

	/**
	 * How long after a topic was created anew a handler may get a message of the old one.
	 */
	private static final long OLD_MESSAGES_NANOS = TimeUnit.SECONDS.toNanos(60);

	private final Cell cell;

	private final Limits limits;

	private final List<Incarnation> incarnations = new ArrayList<>();

	private final List<Source> sources = new ArrayList<>();

	private final List<Commit> commits = new ArrayList<>();

	private final List<Fault> faults = new ArrayList<>();

	private final Map<Integer, Long> starts = new HashMap<>();

	private @Nullable WallClock clock;

	private @Nullable Long origin;

	HistoryBuilder(Cell cell, Limits limits, Truth truth) {
		this.cell = cell;
		this.limits = limits;
		this.incarnations.add(new Incarnation(truth, Long.MIN_VALUE, Long.MIN_VALUE));
	}

	/**
	 * The topic was deleted and created anew. Messages belong to the incarnation that
	 * holds their offset and id; commits to the new one from where the old ones were
	 * deleted or, where the log does not tell, from where they first go back. What nobody
	 * handled of the old one is not missed, and its lag does not count.
	 * @param nanosFrom before the deletion was asked for
	 * @param nanosTo after the new topic was there
	 * @param truth what the new topic holds
	 * @return this
	 */
	public HistoryBuilder recreated(long nanosFrom, long nanosTo, Truth truth) {
		this.incarnations.add(new Incarnation(truth, nanosFrom, nanosTo));
		return this;
	}

	/**
	 * From where the group had to read a partition of the first incarnation. Without it:
	 * from its first commit, and from the beginning where it never committed. Say it
	 * wherever it is known, or a group that begins too late is believed.
	 * @param partition the partition
	 * @param offset the first offset that is due
	 * @return this
	 */
	public HistoryBuilder start(int partition, long offset) {
		this.starts.put(partition, offset);
		return this;
	}

	/**
	 * The commits of the cell's group.
	 * @param commits commits of all partitions
	 * @return this
	 */
	public HistoryBuilder commits(Collection<Commit> commits) {
		this.commits.addAll(commits);
		return this;
	}

	/**
	 * Something that the harness did.
	 * @param fault what
	 * @return this
	 */
	public HistoryBuilder fault(Fault fault) {
		this.faults.add(fault);
		return this;
	}

	/**
	 * Things that the harness did.
	 * @param faults what
	 * @return this
	 */
	public HistoryBuilder faults(Collection<Fault> faults) {
		this.faults.addAll(faults);
		return this;
	}

	/**
	 * The journal of an application process.
	 * @param file the file, which has to stay as it is until {@link #build()} is over
	 * @return this
	 */
	public HistoryBuilder journal(Path file) {
		JournalReader reader = JournalReader.open(file);
		if (reader.isBegun()) {
			clock(reader.nanos(), reader.wallNanos());
			this.origin = (this.origin != null) ? Math.min(this.origin, reader.nanos()) : reader.nanos();
		}
		return source(new Source() {

			@Override
			public String process() {
				return reader.process();
			}

			@Override
			public void forEach(Visitor visitor) {
				reader.forEach(visitor);
			}

		});
	}

	/**
	 * Both clocks at one moment. Each journal brings a pair; more are needed only where
	 * the wall clock may have been set during the run.
	 * @param nanos {@link System#nanoTime()}
	 * @param wallNanos nanoseconds since 1970
	 * @return this
	 */
	public HistoryBuilder clock(long nanos, long wallNanos) {
		WallClock clock = this.clock;
		this.clock = (clock != null) ? clock.and(nanos, wallNanos) : WallClock.of(nanos, wallNanos);
		return this;
	}

	/**
	 * The moment that violations count their times from. Without it: the first journal's
	 * beginning.
	 * @param nanos {@link System#nanoTime()}
	 * @return this
	 */
	public HistoryBuilder origin(long nanos) {
		this.origin = nanos;
		return this;
	}

	HistoryBuilder source(Source source) {
		this.sources.add(source);
		return this;
	}

	/**
	 * Read the journals and put everything in order.
	 * @return the history
	 * @throws IllegalStateException where there are commits and no clock to place them,
	 * or a journal contradicts itself
	 */
	public History build() {
		List<ProcessHistory> processes = new ArrayList<>();
		HistoryLoader loader = new HistoryLoader(this.cell,
				this.incarnations.stream().map(Incarnation::truth).toList());
		for (Source source : this.sources) {
			ProcessHistory process = new ProcessHistory(source.process());
			loader.load(processes.size(), process, source);
			processes.add(process);
		}
		return new History(this.cell, this.limits, (this.origin != null) ? this.origin : 0, processes,
				partitions(loader), this.faults, strays(loader));
	}

	/**
	 * What was written to a topic shortly before it was deleted may not be known.
	 */
	private List<Stray> strays(HistoryLoader loader) {
		Incarnation last = this.incarnations.get(this.incarnations.size() - 1);
		return (this.incarnations.size() == 1) ? loader.strays()
				: loader.strays()
					.stream()
					.filter((stray) -> stray.nanos() > last.nanosTo() + OLD_MESSAGES_NANOS)
					.toList();
	}

	private List<PartitionHistory> partitions(HistoryLoader loader) {
		Map<Integer, List<Commit>> commits = new HashMap<>();
		this.commits.stream()
			.sorted(Comparator.comparingLong(Commit::orderInLog))
			.forEach(
					(commit) -> commits.computeIfAbsent(commit.partition(), (absent) -> new ArrayList<>()).add(commit));
		List<PartitionHistory> partitions = new ArrayList<>();
		int last = this.incarnations.size() - 1;
		for (int partition : loader.partitions(commits.keySet())) {
			List<Commit> remaining = commits.getOrDefault(partition, List.of());
			for (int incarnation = 0; incarnation <= last; incarnation++) {
				int split = (incarnation < last) ? split(remaining, this.incarnations.get(incarnation + 1))
						: remaining.size();
				List<Commit> own = remaining.subList(0, split);
				remaining = remaining.subList(split, remaining.size());
				partitions.add(new PartitionHistory(partition, incarnation, incarnation < last,
						loader.messages(incarnation, partition), timeline(own), loader.sorted(incarnation, partition),
						start(partition, incarnation, own)));
			}
		}
		return partitions;
	}

	private CommitTimeline timeline(List<Commit> commits) {
		return commits.isEmpty() ? CommitTimeline.EMPTY : new CommitTimeline(commits, clock());
	}

	private WallClock clock() {
		WallClock clock = this.clock;
		if (clock == null) {
			throw new IllegalStateException("No journal and no clock to place the commits in time");
		}
		return clock;
	}

	private long start(int partition, int incarnation, List<Commit> commits) {
		Long start = this.starts.get(partition);
		if (incarnation > 0) {
			return 0;
		}
		if (start != null) {
			return start;
		}
		return commits.stream()
			.mapToLong(Commit::offset)
			.filter((offset) -> offset != Commit.DELETED)
			.findFirst()
			.orElse(0);
	}

	/**
	 * How many of the commits belong to the incarnation before.
	 */
	private int split(List<Commit> commits, Incarnation next) {
		for (int i = 0; i < commits.size(); i++) {
			long millis = commits.get(i).wallMillis();
			if (clock().latest(millis) < next.nanosFrom()) {
				continue;
			}
			if (commits.get(i).offset() == Commit.DELETED) {
				return i + 1;
			}
			if (clock().earliest(millis) > next.nanosTo()
					|| (i > 0 && commits.get(i).offset() < commits.get(i - 1).offset())) {
				return i;
			}
		}
		return commits.size();
	}

	/**
	 * Where the events of a process come from.
	 */
	interface Source {

		/**
		 * The name of the process.
		 */
		String process();

		/**
		 * Visit the events in the order of their slots.
		 */
		void forEach(Visitor visitor);

	}

	private record Incarnation(Truth truth, long nanosFrom, long nanosTo) {
	}

}
