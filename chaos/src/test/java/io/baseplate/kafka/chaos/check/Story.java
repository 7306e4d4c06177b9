package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalReader.Visitor;

/**
 * A made-up history. Times are milliseconds since the beginning; a message's id follows
 * from its partition, offset and incarnation, so that tests name only what they are
 * about.
 */
final class Story {

	private static final long NANOS = 1_000_000_000_000L;

	private static final long WALL_MILLIS = 1_700_000_000_000L;

	private final Cell cell;

	private Limits limits;

	private final List<Map<Integer, Map<Long, Boolean>>> messages = new ArrayList<>();

	private final List<Map<Integer, Long>> ends = new ArrayList<>();

	private final List<double[]> recreations = new ArrayList<>();

	private final Map<Integer, Long> starts = new TreeMap<>();

	private final Map<String, Process> processes = new LinkedHashMap<>();

	private final List<Commit> commits = new ArrayList<>();

	private final List<Fault> faults = new ArrayList<>();

	private Story(Cell cell) {
		this.cell = cell;
		int concurrency = (cell.mode() == ConsumerMode.IN_ORDER) ? 1 : 4;
		this.limits = new Limits(concurrency, 100, concurrency * 3);
		incarnation();
	}

	static Story of(Cell cell) {
		return new Story(cell);
	}

	static long nanos(double millis) {
		return NANOS + (long) (millis * 1_000_000);
	}

	static long id(int incarnation, int partition, long offset) {
		return incarnation * 1_000_000L + partition * 10_000L + offset;
	}

	private void incarnation() {
		this.messages.add(new TreeMap<>());
		this.ends.add(new TreeMap<>());
	}

	Story limits(int concurrency, int maxUncommitted, int readAhead) {
		this.limits = new Limits(concurrency, maxUncommitted, readAhead);
		return this;
	}

	/**
	 * The topic holds messages at these offsets, and at each other one a transaction
	 * marker or nothing.
	 */
	Story holds(int partition, long... offsets) {
		for (long offset : offsets) {
			this.messages.get(this.messages.size() - 1)
				.computeIfAbsent(partition, (absent) -> new TreeMap<>())
				.put(offset, true);
			this.ends.get(this.ends.size() - 1).merge(partition, offset + 1, Math::max);
		}
		return this;
	}

	/**
	 * The topic holds messages at offsets 0 to size - 1.
	 */
	Story holdsFirst(int partition, int size) {
		for (int i = 0; i < size; i++) {
			holds(partition, i);
		}
		return this;
	}

	Story holdsInvalid(int partition, long offset) {
		holds(partition, offset);
		this.messages.get(this.messages.size() - 1).get(partition).put(offset, false);
		return this;
	}

	Story ends(int partition, long end) {
		this.messages.get(this.messages.size() - 1).computeIfAbsent(partition, (absent) -> new TreeMap<>());
		this.ends.get(this.ends.size() - 1).put(partition, end);
		return this;
	}

	/**
	 * What is told of the topic from here on is of a new incarnation.
	 */
	Story recreated(double from, double to) {
		incarnation();
		this.recreations.add(new double[] { from, to });
		return this;
	}

	Story begins(int partition, long offset) {
		this.starts.put(partition, offset);
		return this;
	}

	private Process process(String name) {
		return this.processes.computeIfAbsent(name, Process::new);
	}

	private Story invocation(String process, int partition, long offset, double start, EventType how, double end) {
		int incarnation = this.messages.size() - 1;
		return invocation(process, partition, offset, id(incarnation, partition, offset), start, how, end);
	}

	private Story invocation(String process, int partition, long offset, long id, double start, EventType how,
			double end) {
		Process told = process(process);
		long slot = told.add(EventType.STARTED, nanos(start), this.cell.code(), partition, offset, id, 0);
		if (how != EventType.STARTED) {
			told.add(how, nanos(end), this.cell.code(), partition, offset, id, slot);
		}
		return this;
	}

	Story handles(String process, int partition, long offset, double start, double end) {
		return invocation(process, partition, offset, start, EventType.ENDED, end);
	}

	Story handlesForeign(String process, int partition, long offset, long id, double start, double end) {
		return invocation(process, partition, offset, id, start, EventType.ENDED, end);
	}

	Story fails(String process, int partition, long offset, double start, double end) {
		return invocation(process, partition, offset, start, EventType.FAILED, end);
	}

	Story interrupted(String process, int partition, long offset, double start, double end) {
		return invocation(process, partition, offset, start, EventType.INTERRUPTED, end);
	}

	/**
	 * An invocation that has no end.
	 */
	Story begins(String process, int partition, long offset, double start) {
		return invocation(process, partition, offset, start, EventType.STARTED, 0);
	}

	/**
	 * The process gives another sign of life.
	 */
	Story lives(String process, double at) {
		process(process).add(EventType.THREADS, nanos(at), -1, -1, -1, -1, 10);
		return this;
	}

	Story commits(int partition, long offset, double at) {
		this.commits.add(new Commit(partition, offset, WALL_MILLIS + (long) Math.floor(at), this.commits.size()));
		return this;
	}

	Story fault(FaultKind kind, String process, double from, double to) {
		this.faults.add(new Fault(kind, process, nanos(from), nanos(to)));
		return this;
	}

	Story faultOfAll(FaultKind kind, double from, double to) {
		this.faults.add(new Fault(kind, null, nanos(from), nanos(to)));
		return this;
	}

	Story kills(String process, double at) {
		process(process);
		return fault(FaultKind.KILLED, process, at, at);
	}

	/**
	 * A clean stop with the totals that fit to what was told of the process.
	 */
	Story stops(String process, double at) {
		Process told = process(process);
		long handled = told.count(EventType.ENDED);
		long failed = told.count(EventType.FAILED);
		long interrupted = told.count(EventType.INTERRUPTED);
		return stops(process, at, handled + failed + interrupted, handled, 0, failed, 0, interrupted);
	}

	Story stops(String process, double at, long... totals) {
		EventType[] types = { EventType.TOTAL_READ, EventType.TOTAL_HANDLED, EventType.TOTAL_INVALID,
				EventType.TOTAL_FAILED, EventType.TOTAL_DROPPED, EventType.TOTAL_UNCOMMITTED };
		for (int i = 0; i < totals.length; i++) {
			process(process).add(types[i], nanos(at), this.cell.code(), -1, -1, -1, totals[i]);
		}
		process(process).add(EventType.STOPPED, nanos(at), -1, -1, -1, -1, 0);
		return this;
	}

	History history() {
		List<Truth> truths = new ArrayList<>();
		for (int i = 0; i < this.messages.size(); i++) {
			truths.add(truth(i));
		}
		HistoryBuilder builder = History.builder(this.cell, this.limits, truths.get(0))
			.clock(NANOS, WALL_MILLIS * 1_000_000)
			.origin(NANOS)
			.commits(this.commits)
			.faults(this.faults);
		for (int i = 1; i < truths.size(); i++) {
			double[] times = this.recreations.get(i - 1);
			builder.recreated(nanos(times[0]), nanos(times[1]), truths.get(i));
		}
		this.starts.forEach(builder::start);
		this.processes.values().forEach(builder::source);
		return builder.build();
	}

	private Truth truth(int incarnation) {
		Truth.Builder truth = Truth.builder();
		this.messages.get(incarnation).forEach((partition, offsets) -> {
			offsets.forEach((offset, valid) -> {
				if (valid) {
					truth.message(partition, offset, id(incarnation, partition, offset));
				}
				else {
					truth.invalid(partition, offset);
				}
			});
			truth.end(partition, this.ends.get(incarnation).get(partition));
		});
		return truth.build();
	}

	/**
	 * What a guarantee says of this, as text.
	 */
	List<String> judgedBy(Guarantee guarantee) {
		return guarantee.check(history()).stream().map(Violation::text).toList();
	}

	/**
	 * What all guarantees of the cell say of this, as text.
	 */
	List<String> judged(Expectations expectations) {
		return Guarantees.check(history(), expectations).stream().map(Violation::toString).toList();
	}

	private static final class Process implements HistoryBuilder.Source {

		private final String name;

		private final List<Told> events = new ArrayList<>();

		private Process(String name) {
			this.name = name;
		}

		private long add(EventType type, long nanos, int cell, int partition, long offset, long id, long value) {
			this.events.add(new Told(type, nanos, cell, partition, offset, id, value));
			return this.events.size() - 1;
		}

		private long count(EventType type) {
			return this.events.stream().filter((event) -> event.type() == type).count();
		}

		@Override
		public String process() {
			return this.name;
		}

		@Override
		public void forEach(Visitor visitor) {
			for (int i = 0; i < this.events.size(); i++) {
				Told event = this.events.get(i);
				visitor.event(i, event.type(), event.nanos(), event.cell(), event.partition(), event.offset(),
						event.id(), event.value());
			}
		}

	}

	private record Told(EventType type, long nanos, int cell, int partition, long offset, long id, long value) {
	}

}
