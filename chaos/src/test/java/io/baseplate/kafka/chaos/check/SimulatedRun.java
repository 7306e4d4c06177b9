package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.chaos.Cell;

/**
 * A consumer group as the contract has it, in imagined time: one owner after the other
 * works through some partitions, and each but the last ends in some way. Nothing of the
 * product is in here, so what it makes keeps every promise by construction, and the
 * guarantees must find nothing.
 */
final class SimulatedRun {

	private static final int MAX_UNCOMMITTED = 12;

	private static final double SESSION = 6000;

	private final Cell cell;

	private final Random random;

	private final boolean clean;

	private final int handlers;

	private final Story story;

	private final List<Log> logs = new ArrayList<>();

	private int owners;

	SimulatedRun(Cell cell, long seed, boolean clean) {
		this.cell = cell;
		this.random = new Random(seed);
		this.clean = clean;
		this.handlers = (cell.mode() == ConsumerMode.IN_ORDER) ? 1 : 4;
		this.story = Story.of(cell).limits(this.handlers, MAX_UNCOMMITTED, this.handlers + 6);
	}

	Story run() {
		for (int partition = 0; partition < 3; partition++) {
			this.logs.add(new Log(partition));
		}
		double now = 10;
		int ends = this.random.nextInt(5);
		for (int i = 0; i < ends; i++) {
			End end = this.clean ? End.STOP : End.values()[this.random.nextInt(End.values().length)];
			now = new Owner(now).work(now + 5 + this.random.nextInt(100), end);
		}
		new Owner(now).work(Double.MAX_VALUE, End.STOP);
		return this.story;
	}

	/**
	 * An offset in the midst of a partition that holds nothing, -1 where there is none.
	 */
	long gap(int partition) {
		Log log = this.logs.get(partition);
		for (int i = 1; i < log.offsets.size(); i++) {
			if (log.offset(i) > log.offset(i - 1) + 1) {
				return log.offset(i) - 1;
			}
		}
		return -1;
	}

	private double some(double most) {
		return 0.01 + this.random.nextDouble() * most;
	}

	/**
	 * How an owner ends. A pause, which may also be one of the network between it and the
	 * brokers, loses the partitions.
	 */
	private enum End {

		STOP, KILL, PAUSE, FAIL

	}

	/**
	 * A partition: what it holds and what is committed.
	 */
	private final class Log {

		private final int partition;

		private final List<Long> offsets = new ArrayList<>();

		private final List<Boolean> valid = new ArrayList<>();

		private long end;

		private long committed = -1;

		private Log(int partition) {
			this.partition = partition;
			long offset = SimulatedRun.this.random.nextInt(3);
			int size = 5 + SimulatedRun.this.random.nextInt(60);
			for (int i = 0; i < size; i++) {
				boolean valid = SimulatedRun.this.random.nextInt(15) > 0;
				this.offsets.add(offset);
				this.valid.add(valid);
				if (valid) {
					SimulatedRun.this.story.holds(partition, offset);
				}
				else {
					SimulatedRun.this.story.holdsInvalid(partition, offset);
				}
				offset += (SimulatedRun.this.random.nextInt(5) == 0) ? 3 : 1;
			}
			this.end = offset;
			SimulatedRun.this.story.ends(partition, this.end).begins(partition, 0);
		}

		private long offset(int index) {
			return this.offsets.get(index);
		}

		private int size() {
			return this.offsets.size();
		}

		private int index(long offset) {
			int index = 0;
			while (index < size() && offset(index) < offset) {
				index++;
			}
			return index;
		}

		/**
		 * An offset that covers the messages before an index: up to the end of the gap
		 * behind them, or not.
		 */
		private long covering(int index) {
			if (index == size()) {
				return this.end;
			}
			return (index == 0 || SimulatedRun.this.random.nextBoolean()) ? offset(index) : offset(index - 1) + 1;
		}

	}

	private static final class Work {

		private final Log log;

		private final int index;

		private double start;

		private double end;

		private boolean failed;

		private Work(Log log, int index, double start, double end) {
			this.log = log;
			this.index = index;
			this.start = start;
			this.end = end;
		}

	}

	/**
	 * One process that owns all partitions for a while.
	 */
	private final class Owner {

		private final String name = "app-" + SimulatedRun.this.owners++;

		private final List<Work> works = new ArrayList<>();

		/**
		 * By partition: the next message to hand over, what has been read, what is known
		 * to be committed.
		 */
		private final int[] next = new int[3];

		private final int[] read = new int[3];

		private final int[] known = new int[3];

		private final double[] free;

		private double nextCommit;

		private double lastCommit;

		private Owner(double now) {
			this.free = new double[SimulatedRun.this.handlers];
			for (Log log : SimulatedRun.this.logs) {
				if (log.committed < 0) {
					commit(log, 0, now);
				}
				this.next[log.partition] = log.index(log.committed);
				this.read[log.partition] = this.next[log.partition];
				this.known[log.partition] = this.next[log.partition];
			}
			for (int i = 0; i < this.free.length; i++) {
				this.free[i] = now + 1;
			}
			this.nextCommit = now + 2;
		}

		private double interval() {
			return (SimulatedRun.this.cell.commit() == CommitStrategy.CONTINUOUS) ? 2 : 25;
		}

		private boolean isEachMessage() {
			return SimulatedRun.this.cell.commit() == CommitStrategy.EACH_MESSAGE;
		}

		private boolean isRead() {
			return SimulatedRun.this.cell.commit() == CommitStrategy.READ;
		}

		private void commit(Log log, long offset, double at) {
			if (offset > log.committed) {
				log.committed = offset;
				SimulatedRun.this.story.commits(log.partition, offset, at);
			}
		}

		/**
		 * Work until a moment and then end.
		 * @return when the next owner begins
		 */
		private double work(double until, End end) {
			double now = 0;
			while (true) {
				int handler = 0;
				for (int i = 1; i < this.free.length; i++) {
					handler = (this.free[i] < this.free[handler]) ? i : handler;
				}
				now = this.free[handler];
				if (now >= until) {
					break;
				}
				commitsUntil(now);
				Log log = handable();
				if (log == null) {
					boolean done = SimulatedRun.this.logs.stream()
						.allMatch((each) -> this.next[each.partition] >= each.size());
					if (done) {
						break;
					}
					// Capped: until the next commit is acknowledged.
					this.free[handler] = this.nextCommit + 0.5;
					continue;
				}
				int index = this.next[log.partition]++;
				// Reading is bounded as handing over is.
				int ahead = Math.min(log.size(), this.known[log.partition] + MAX_UNCOMMITTED);
				this.read[log.partition] = Math.max(Math.max(this.read[log.partition], index + 1),
						Math.min(ahead, index + 1 + SimulatedRun.this.random.nextInt(3)));
				if (!log.valid.get(index)) {
					continue;
				}
				Work work = new Work(log, index, now + some(0.2), now + 0.3 + some(4));
				this.works.add(work);
				this.free[handler] = work.end + some(0.1);
				if (isEachMessage()) {
					double at = work.end + some(0.3);
					if (at < until) {
						commit(log, log.covering(index + 1), at);
					}
					this.free[handler] = at + some(0.3);
				}
			}
			double stop = Math.min(now, until);
			commitsUntil(stop);
			return switch (end) {
				case STOP -> stop(stop);
				case KILL -> kill(stop);
				case PAUSE -> pause(stop);
				case FAIL -> fail(stop);
			};
		}

		private Log handable() {
			List<Log> handable = SimulatedRun.this.logs.stream()
				.filter((log) -> this.next[log.partition] < log.size())
				.filter((log) -> isEachMessage()
						|| this.next[log.partition] - this.known[log.partition] < MAX_UNCOMMITTED)
				.toList();
			return handable.isEmpty() ? null : handable.get(SimulatedRun.this.random.nextInt(handable.size()));
		}

		private void commitsUntil(double now) {
			while (!isEachMessage() && this.nextCommit + 0.5 <= now) {
				commitAll(this.nextCommit, isRead());
				this.nextCommit += interval();
			}
		}

		private void commitAll(double at, boolean allRead) {
			this.lastCommit = at;
			for (Log log : SimulatedRun.this.logs) {
				int index = allRead ? this.read[log.partition] : frontier(log, at);
				if (index > 0) {
					commit(log, log.covering(index), at);
				}
				this.known[log.partition] = Math.max(this.known[log.partition], log.index(log.committed));
			}
		}

		private int frontier(Log log, double at) {
			int index = this.known[log.partition];
			while (index < this.next[log.partition] && isDone(log, index, at)) {
				index++;
			}
			return index;
		}

		private boolean isDone(Log log, int index, double at) {
			return !log.valid.get(index) || this.works.stream()
				.anyMatch((work) -> work.log == log && work.index == index && !work.failed && work.end < at);
		}

		private double lastEnd() {
			return this.works.stream().mapToDouble((work) -> work.end).max().orElse(this.lastCommit);
		}

		/**
		 * Under {@code read}, what has been read is handled.
		 */
		private void drain(double now) {
			double[] free = this.free.clone();
			for (int i = 0; i < free.length; i++) {
				free[i] = Math.max(free[i], now);
			}
			int handler = 0;
			for (Log log : SimulatedRun.this.logs) {
				for (; this.next[log.partition] < this.read[log.partition]; this.next[log.partition]++) {
					if (log.valid.get(this.next[log.partition])) {
						handler = (handler + 1) % free.length;
						double end = free[handler] + some(2);
						this.works.add(new Work(log, this.next[log.partition], free[handler], end));
						free[handler] = end;
					}
				}
			}
		}

		private double stop(double now) {
			if (isRead()) {
				drain(now);
			}
			double over = Math.max(now, lastEnd()) + 1;
			commitAll(over, isRead());
			tell();
			SimulatedRun.this.story.stops(this.name, over + 2);
			return over + 3;
		}

		private double kill(double now) {
			for (Work work : List.copyOf(this.works)) {
				if (work.start > now) {
					this.works.remove(work);
				}
				else if (work.end > now) {
					work.end = Double.MAX_VALUE;
				}
			}
			tell();
			SimulatedRun.this.story.fault(FaultKind.KILLED, this.name, Math.max(now, this.lastCommit) - 0.1,
					Math.max(now, this.lastCommit) + 3);
			return now + SESSION;
		}

		private double pause(double now) {
			double from = Math.max(now, this.lastCommit);
			double resumed = from + 3 * SESSION;
			for (Work work : this.works) {
				if (work.start > from) {
					// Handed over before, begun after.
					work.start = resumed + some(0.5);
				}
				if (work.end > from) {
					work.end = resumed + 1 + some(2);
				}
			}
			if (isRead()) {
				drain(resumed + 4);
			}
			tell();
			if (SimulatedRun.this.random.nextInt(3) == 0) {
				SimulatedRun.this.story.faultOfAll(FaultKind.NETWORK, from, resumed);
			}
			else {
				SimulatedRun.this.story.fault(FaultKind.PAUSED, this.name, from, resumed);
			}
			SimulatedRun.this.story.stops(this.name, Math.max(resumed, lastEnd()) + 10);
			return from + SESSION;
		}

		private double fail(double now) {
			this.works.stream()
				.filter((work) -> work.end >= now - 2 && !isCommitted(work))
				.max(Comparator.comparingDouble((work) -> work.end))
				.ifPresent((work) -> work.failed = true);
			double over = Math.max(now, lastEnd()) + 1;
			commitAll(over, false);
			tell();
			SimulatedRun.this.story.stops(this.name, over + 2);
			return over + 1000;
		}

		private boolean isCommitted(Work work) {
			return !isRead() && work.log.committed > work.log.offset(work.index);
		}

		private void tell() {
			SimulatedRun.this.story.lives(this.name, 1);
			for (Work work : this.works) {
				long offset = work.log.offset(work.index);
				if (work.end == Double.MAX_VALUE) {
					SimulatedRun.this.story.begins(this.name, work.log.partition, offset, work.start);
				}
				else if (work.failed) {
					SimulatedRun.this.story.fails(this.name, work.log.partition, offset, work.start, work.end);
				}
				else {
					SimulatedRun.this.story.handles(this.name, work.log.partition, offset, work.start, work.end);
				}
			}
		}

	}

}
