package io.baseplate.kafka.chaos.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.chaos.Cell;

/**
 * Which guarantees apply to a cell.
 */
public final class Guarantees {

	private Guarantees() {
	}

	/**
	 * The guarantees of a cell.
	 * @param cell the cell
	 * @param limits the settings of its consumers
	 * @param expectations what the row promises
	 * @return the guarantees
	 */
	public static List<Guarantee> of(Cell cell, Limits limits, Expectations expectations) {
		Integer own = expectations.overlap();
		int overlap = (own != null) ? own : limits.concurrency();
		List<Guarantee> guarantees = new ArrayList<>();
		guarantees.add(new NothingLost(expectations.quiet(), expectations.lossesOfRead()));
		guarantees.add(new OnlyWhatTheTopicHolds());
		guarantees.add(new RepeatsWithinBound(expectations.repeats(), overlap));
		guarantees.add(new UncommittedWithinBound());
		guarantees.add(new StartCommittedFirst());
		guarantees.add(new CommittedNeverPastHandled());
		guarantees.add(new CommittedNeverGoesBack());
		guarantees.add(new AtMostConcurrency(expectations.leftBehind()));
		guarantees.add(new AccountedFor(expectations.leftBehind()));
		if (cell.mode() == ConsumerMode.IN_ORDER) {
			guarantees.add(new OrderPerPartition(overlap));
		}
		if (cell.commit() == CommitStrategy.EACH_MESSAGE) {
			guarantees.add(new CommittedBeforeNext());
		}
		if (cell.commit() != CommitStrategy.READ) {
			guarantees.add(new SingleOwner(overlap));
		}
		if (expectations.quiet()) {
			guarantees.add(new LagZero());
		}
		Duration recovery = expectations.recovery();
		if (recovery != null) {
			guarantees.add(new RecoversWithin(recovery));
		}
		return guarantees;
	}

	/**
	 * Judge a history by the guarantees of its cell.
	 * @param history the history
	 * @param expectations what the row promises
	 * @return the violations, none where every promise was kept
	 */
	public static List<Violation> check(History history, Expectations expectations) {
		List<Violation> violations = new ArrayList<>();
		for (Guarantee guarantee : of(history.cell(), history.limits(), expectations)) {
			violations.addAll(guarantee.check(history));
		}
		return violations;
	}

}
