package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.chaos.check.Invocations.Outcome;

/**
 * The {@link Cause causes} for each process, the latest first.
 */
final class Causes {

	private final List<List<Cause>> causes = new ArrayList<>();

	Causes(History history) {
		for (ProcessHistory process : history.processes()) {
			List<Cause> causes = new ArrayList<>();
			for (Fault fault : history.faults()) {
				if (fault.kind().effect() != FaultKind.Effect.NONE && fault.concerns(process.name())) {
					causes.add(new Cause(fault.kind().effect(),
							fault.kind() + " " + history.at(fault.nanosFrom()) + " to " + history.at(fault.nanosTo()),
							fault.nanosFrom(), fault.nanosTo()));
				}
			}
			this.causes.add(causes);
		}
		if (history.cell().mode() == ConsumerMode.FAST) {
			addFailures(history);
		}
		this.causes.forEach((list) -> list.sort(Comparator.comparingLong(Cause::from).reversed()));
	}

	/**
	 * What a fast consumer handled behind a message that failed is not committed, and is
	 * handled again by whoever comes next. In order nothing is behind.
	 */
	private void addFailures(History history) {
		for (PartitionHistory partition : history.partitions()) {
			Invocations invocations = partition.invocations();
			for (int i = 0; i < invocations.size(); i++) {
				Outcome outcome = invocations.outcome(i);
				if (outcome == Outcome.FAILED || outcome == Outcome.INTERRUPTED) {
					long end = invocations.end(i);
					this.causes.get(invocations.process(i))
						.add(new Cause(FaultKind.Effect.FAILURE,
								"failure of " + history.process(invocations.process(i)) + " at "
										+ history.message(partition, invocations.message(i)) + " " + history.at(end),
								end, end));
				}
			}
		}
	}

	List<Cause> of(int process) {
		return this.causes.get(process);
	}

}
