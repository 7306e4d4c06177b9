package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalReader.Visitor;

/**
 * Two processes that take turns in all partitions, without an object for each event.
 */
final class BigSource implements HistoryBuilder.Source {

	private static final long STEP = 10_000;

	private static final int TURN = 1000;

	private final int own;

	private final int messages;

	private final int partitions;

	private BigSource(int own, int messages, int partitions) {
		this.own = own;
		this.messages = messages;
		this.partitions = partitions;
	}

	/**
	 * Add both processes, and their commits: one at each change of turns.
	 */
	static void addTo(HistoryBuilder builder, int messages, int partitions) {
		builder.source(new BigSource(0, messages, partitions)).source(new BigSource(1, messages, partitions));
		List<Commit> commits = new ArrayList<>();
		for (int offset = 0; offset <= messages; offset += TURN) {
			for (int partition = 0; partition < partitions; partition++) {
				commits.add(new Commit(partition, offset, time(offset, 0, partitions) / 1_000_000, commits.size()));
			}
		}
		builder.commits(commits);
	}

	/**
	 * At each turn there are 20 ms without messages, in the midst of which is the commit.
	 */
	private static long time(int offset, int partition, int partitions) {
		return 1_000_000_000L + ((long) offset * partitions + partition) * STEP + (offset / TURN) * 20_000_000L;
	}

	@Override
	public String process() {
		return "app-" + this.own;
	}

	@Override
	public void forEach(Visitor visitor) {
		long slot = 0;
		for (int i = 0; i < this.messages; i++) {
			if ((i / TURN) % 2 != this.own) {
				continue;
			}
			for (int partition = 0; partition < this.partitions; partition++) {
				long start = time(i, partition, this.partitions) + 10_000_000;
				int cell = Cell.CONTINUOUS_CLASSIC.code();
				visitor.event(slot, EventType.STARTED, start, cell, partition, i, i, 0);
				visitor.event(slot + 1, EventType.ENDED, start + STEP / 2, cell, partition, i, i, slot);
				slot += 2;
			}
		}
		visitor.event(slot++, EventType.TOTAL_READ, 0, Cell.CONTINUOUS_CLASSIC.code(), -1, -1, -1, slot / 2);
		visitor.event(slot++, EventType.TOTAL_HANDLED, 0, Cell.CONTINUOUS_CLASSIC.code(), -1, -1, -1, slot / 2 - 1);
		visitor.event(slot, EventType.STOPPED, 0, -1, -1, -1, -1, 0);
	}

}
