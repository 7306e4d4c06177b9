package io.baseplate.kafka.chaos.row;

import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.CellResult;
import io.baseplate.kafka.chaos.check.Commit;
import io.baseplate.kafka.chaos.check.History;
import io.baseplate.kafka.chaos.check.HistoryBuilder;
import io.baseplate.kafka.chaos.check.Truth;
import io.baseplate.kafka.chaos.check.Violation;
import io.baseplate.kafka.chaos.process.CommitLog;
import io.baseplate.kafka.chaos.process.Span;

/**
 * Puts together what is known of a run and has the checker judge it, cell by cell.
 */
final class Judge {

	private final Row row;

	private final Run run;

	private final long seed;

	Judge(Row row, Run run, long seed) {
		this.row = row;
		this.run = run;
		this.seed = seed;
	}

	/**
	 * Judge a run that is over: its applications have ended.
	 * @return a result for each cell; what the row found by itself is with the first
	 */
	List<CellResult> judge() {
		Truth truth = this.run.truth();
		CommitLog commits = this.run.admin().commits(this.run.spec().groups());
		int partitions = this.run.admin().partitions(this.run.topic());
		List<CellResult> results = new ArrayList<>();
		for (Cell cell : Cell.values()) {
			CellResult result = CellResult.of(this.row.name(), this.seed, history(cell, truth, commits, partitions),
					this.row.expectations());
			results.add(results.isEmpty() ? withFindings(result) : result);
		}
		return results;
	}

	private CellResult withFindings(CellResult result) {
		List<Violation> violations = new ArrayList<>(result.violations());
		this.run.findings().forEach((finding) -> violations.add(new Violation(this.row.name(), finding)));
		return new CellResult(result.row(), result.cell(), result.seed(), result.measures(), violations);
	}

	private History history(Cell cell, Truth truth, CommitLog commits, int partitions) {
		Truth former = this.run.formerTruth();
		Span recreation = this.run.recreation();
		HistoryBuilder history = History.builder(cell, this.row.limits(cell.mode()), (former != null) ? former : truth);
		if (recreation != null) {
			history.recreated(recreation.from(), recreation.to(), truth);
		}
		this.run.processes().forEach((process) -> history.journal(process.journal()));
		history.faults(this.run.faults());
		for (int partition = 0; partition < partitions; partition++) {
			history.start(partition, this.run.firstDue(partition));
		}
		history.commits(commits.of(cell.groupId(this.run.spec().service()))
			.stream()
			.filter((commit) -> commit.topic().equals(this.run.topic()))
			.map((commit) -> new Commit(commit.partition(), commit.offset(), commit.wallMillis(), commit.order()))
			.toList());
		return history.build();
	}

}
