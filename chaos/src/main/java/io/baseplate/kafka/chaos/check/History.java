package io.baseplate.kafka.chaos.check;

import java.util.List;
import java.util.Locale;

import io.baseplate.kafka.chaos.Cell;

/**
 * All that happened to one cell in one run, as far as its promises are concerned. Made by
 * a {@link HistoryBuilder}; {@link Guarantee guarantees} look at it.
 */
public final class History {

	private final Cell cell;

	private final Limits limits;

	private final long origin;

	private final List<ProcessHistory> processes;

	private final List<PartitionHistory> partitions;

	private final List<Fault> faults;

	private final List<Stray> strays;

	History(Cell cell, Limits limits, long origin, List<ProcessHistory> processes, List<PartitionHistory> partitions,
			List<Fault> faults, List<Stray> strays) {
		this.cell = cell;
		this.limits = limits;
		this.origin = origin;
		this.processes = List.copyOf(processes);
		this.partitions = List.copyOf(partitions);
		this.faults = List.copyOf(faults);
		this.strays = List.copyOf(strays);
	}

	/**
	 * Begin to describe what happened.
	 * @param cell the cell
	 * @param limits the settings of its consumers
	 * @param truth what the topic holds; where it was created anew, what the first one
	 * held
	 * @return the builder
	 */
	public static HistoryBuilder builder(Cell cell, Limits limits, Truth truth) {
		return new HistoryBuilder(cell, limits, truth);
	}

	/**
	 * The cell.
	 * @return the cell
	 */
	public Cell cell() {
		return this.cell;
	}

	Limits limits() {
		return this.limits;
	}

	List<ProcessHistory> processes() {
		return this.processes;
	}

	String process(int index) {
		return this.processes.get(index).name();
	}

	/**
	 * The partitions of every incarnation of the topic.
	 */
	List<PartitionHistory> partitions() {
		return this.partitions;
	}

	List<Fault> faults() {
		return this.faults;
	}

	/**
	 * Invocations for what the topic does not hold.
	 */
	List<Stray> strays() {
		return this.strays;
	}

	/**
	 * A moment for people: seconds since the beginning of the run.
	 */
	String at(long nanos) {
		return (nanos == Invocations.NEVER) ? "never"
				: String.format(Locale.ROOT, "%+.6fs", (nanos - this.origin) / 1_000_000_000.0);
	}

	/**
	 * A message for people.
	 */
	String message(PartitionHistory partition, int message) {
		return partition(partition) + " offset " + partition.messages().offset(message) + " (id "
				+ partition.messages().id(message) + ")";
	}

	/**
	 * A partition for people.
	 */
	String partition(PartitionHistory partition) {
		return "partition " + partition.partition()
				+ ((partition.incarnation() > 0) ? " (incarnation " + (partition.incarnation() + 1) + ")" : "");
	}

	/**
	 * An invocation for people.
	 */
	String invocation(PartitionHistory partition, int invocation) {
		Invocations invocations = partition.invocations();
		String end = switch (invocations.outcome(invocation)) {
			case OPEN -> "no end";
			case ENDED -> "ended " + at(invocations.end(invocation));
			case FAILED -> "failed " + at(invocations.end(invocation));
			case INTERRUPTED -> "interrupted " + at(invocations.end(invocation));
		};
		return process(invocations.process(invocation)) + " started " + at(invocations.start(invocation)) + ", " + end;
	}

	/**
	 * A commit for people.
	 */
	String commit(PartitionHistory partition, int commit) {
		CommitTimeline commits = partition.commits();
		return "commit " + commits.offset(commit) + " (taken " + at(commits.earliest(commit)) + " to "
				+ at(commits.latest(commit)) + ")";
	}

}
