package io.baseplate.kafka.benchmarks;

import java.util.List;
import java.util.Locale;

import io.baseplate.kafka.benchmarks.run.Work;

/**
 * What is measured.
 */
enum Workload {

	W1("in order, durable commit per message, no-op", Work.NOTHING, 0),

	W1C("in order, a commit is always on its way, no-op", Work.NOTHING, 0),

	W2("in order, periodic commit, no-op", Work.NOTHING, 0),

	W3("fast, no-op, 32 handlers; CPU is W7, bytes are W8", Work.NOTHING, 0),

	W4("fast, 5 ms sleep; share of the ideal", Work.SLEEP, 0),

	W5("in order, produce to handler at 200/s", Work.NOTHING, 200),

	W6("fast, JSON parsed to a tree", Work.PARSE, 0);

	private final String title;

	private final Work work;

	private final int rate;

	Workload(String title, Work work, int rate) {
		this.title = title;
		this.work = work;
		this.rate = rate;
	}

	/**
	 * By name. W7 and W8 are figures of W3.
	 * @param name the name
	 * @return the workload
	 */
	static Workload of(String name) {
		String upper = name.toUpperCase(Locale.ROOT);
		return switch (upper) {
			case "W7", "W8" -> W3;
			default -> valueOf(upper);
		};
	}

	String title() {
		return this.title;
	}

	Work work() {
		return this.work;
	}

	/**
	 * Messages a second to produce.
	 * @return 0 where the topic is full
	 */
	int rate() {
		return this.rate;
	}

	/**
	 * How much longer than usual the measured window is: percentiles want many messages.
	 * @return a factor
	 */
	double windowFactor() {
		return (this.rate > 0) ? 2.5 : 1;
	}

	/**
	 * How much longer than usual the warm pass is: where each message waits for a commit,
	 * so few of them go by that the program is not compiled to its end otherwise, and
	 * what is measured is the compiler.
	 * @return a factor
	 */
	double warmFactor() {
		return (this == W1) ? 4 : 1;
	}

	/**
	 * Whether the broker's commit path must be warm.
	 * @return whether each message is committed, or nearly
	 */
	boolean isBoundByCommits() {
		return this == W1 || this == W1C || this == W5;
	}

	/**
	 * The stacks; the first is what the others are compared with, but in {@link #W4}.
	 * @return all of them
	 */
	List<Contender> contenders() {
		return switch (this) {
			case W1 -> Lineup.durable();
			case W1C -> Lineup.continuous();
			case W2 -> Lineup.periodic();
			case W3 -> Lineup.fast();
			case W4 -> Lineup.sleeping();
			case W5 -> Lineup.latency();
			case W6 -> Lineup.parsing();
		};
	}

	/**
	 * What is comparable of a stack: its rate or latency.
	 * @return the figure
	 */
	Figure figure() {
		return (this == W5) ? Figure.P50 : Figure.RATE;
	}

	/**
	 * The rate that a stack cannot surpass, where that is what it is compared with.
	 * @param contender the stack
	 * @return messages a second, or {@link Double#NaN} where it is compared with the
	 * first
	 */
	double ideal(Contender contender) {
		return (this == W4) ? contender.stack().handlers() * 1000.0 / Work.SLEEP_MILLIS : Double.NaN;
	}

}
