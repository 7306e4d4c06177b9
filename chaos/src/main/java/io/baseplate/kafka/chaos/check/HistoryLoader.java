package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Invocations.Outcome;
import io.baseplate.kafka.chaos.journal.EventType;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of one cell and turns them into invocations of messages: finds the
 * beginning of each end, and the message that the topic holds for each beginning.
 */
final class HistoryLoader {

	/**
	 * So many are kept: where more of them are, everything is wrong.
	 */
	private static final int STRAYS = 10_000;

	private final Cell cell;

	private final List<Truth> incarnations;

	/**
	 * By incarnation and partition.
	 */
	private final List<Map<Integer, Invocations>> invocations = new ArrayList<>();

	private final List<Stray> strays = new ArrayList<>();

	HistoryLoader(Cell cell, List<Truth> incarnations) {
		this.cell = cell;
		this.incarnations = incarnations;
		incarnations.forEach((incarnation) -> this.invocations.add(new HashMap<>()));
	}

	void load(int index, ProcessHistory process, HistoryBuilder.Source source) {
		Open open = new Open();
		source.forEach((slot, type, nanos, cell, partition, offset, id, value) -> {
			process.seen(nanos);
			if (cell == -1) {
				if (type == EventType.STOPPED) {
					process.stopped();
				}
			}
			else if (cell == this.cell.code()) {
				switch (type) {
					case STARTED -> {
						process.began();
						begin(index, slot, nanos, partition, offset, id, open);
					}
					case ENDED -> end(process, value, Outcome.ENDED, nanos, open);
					case FAILED -> end(process, value, Outcome.FAILED, nanos, open);
					case INTERRUPTED -> end(process, value, Outcome.INTERRUPTED, nanos, open);
					case TOTAL_READ, TOTAL_HANDLED, TOTAL_INVALID, TOTAL_FAILED, TOTAL_DROPPED, TOTAL_UNCOMMITTED ->
						process.total(type, value);
					default -> {
						// Not about messages.
					}
				}
			}
		});
	}

	private void begin(int process, long slot, long nanos, int partition, long offset, long id, Open open) {
		// The newest incarnation first: it is the one that is read longest.
		for (int i = this.incarnations.size() - 1; i >= 0; i--) {
			Messages messages = messages(i, partition);
			int message = messages.indexOf(offset, id);
			if (message >= 0) {
				Invocations invocations = invocations(i, partition);
				open.add(slot, invocations, invocations.begin(process, message, nanos));
				return;
			}
		}
		open.add(slot, null, -1);
		if (this.strays.size() < STRAYS) {
			this.strays.add(new Stray(process, partition, offset, id, nanos,
					held(messages(this.incarnations.size() - 1, partition), offset)));
		}
	}

	private static String held(Messages messages, long offset) {
		int at = messages.lowerBound(offset);
		if (at == messages.size() || messages.offset(at) != offset) {
			return "nothing";
		}
		return messages.isInvalid(at) ? "an invalid message" : "id " + messages.id(at);
	}

	private void end(ProcessHistory process, long slot, Outcome outcome, long nanos, Open open) {
		int at = open.find(slot);
		if (at < 0) {
			throw new IllegalStateException(
					"The journal of %s ends an invocation at %d that it does not begin at slot %d"
						.formatted(process.name(), nanos, slot));
		}
		process.ended(outcome);
		Invocations invocations = open.invocations[at];
		if (invocations != null) {
			invocations.end(open.indices[at], outcome, nanos);
		}
		open.remove(at);
	}

	/**
	 * All partitions of which anything is known.
	 */
	SortedSet<Integer> partitions(Collection<Integer> committed) {
		SortedSet<Integer> partitions = new TreeSet<>(committed);
		this.incarnations.forEach((truth) -> partitions.addAll(truth.partitions().keySet()));
		return partitions;
	}

	Messages messages(int incarnation, int partition) {
		return this.incarnations.get(incarnation).partitions().getOrDefault(partition, Messages.NONE);
	}

	/**
	 * The invocations of a partition, in the order of time once everything is loaded.
	 */
	Invocations sorted(int incarnation, int partition) {
		Invocations invocations = invocations(incarnation, partition);
		invocations.sort();
		return invocations;
	}

	private Invocations invocations(int incarnation, int partition) {
		return this.invocations.get(incarnation).computeIfAbsent(partition, (absent) -> new Invocations());
	}

	List<Stray> strays() {
		return this.strays;
	}

	/**
	 * The invocations of one process that have not ended: about as many as it has
	 * handlers, so that looking through them is quick. The latest are looked at first.
	 */
	private static final class Open {

		private long[] slots = new long[16];

		private @Nullable Invocations[] invocations = new @Nullable Invocations[16];

		private int[] indices = new int[16];

		private int size;

		private void add(long slot, @Nullable Invocations invocations, int index) {
			if (this.size == this.slots.length) {
				this.slots = Arrays.copyOf(this.slots, this.size * 2);
				this.invocations = Arrays.copyOf(this.invocations, this.size * 2);
				this.indices = Arrays.copyOf(this.indices, this.size * 2);
			}
			this.slots[this.size] = slot;
			this.invocations[this.size] = invocations;
			this.indices[this.size] = index;
			this.size++;
		}

		private int find(long slot) {
			for (int i = this.size - 1; i >= 0; i--) {
				if (this.slots[i] == slot) {
					return i;
				}
			}
			return -1;
		}

		private void remove(int at) {
			this.size--;
			this.slots[at] = this.slots[this.size];
			this.invocations[at] = this.invocations[this.size];
			this.indices[at] = this.indices[this.size];
		}

	}

}
