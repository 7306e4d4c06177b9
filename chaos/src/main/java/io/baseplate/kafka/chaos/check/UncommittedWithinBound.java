package io.baseplate.kafka.chaos.check;

import java.util.List;

import io.baseplate.kafka.CommitStrategy;

/**
 * Handling does not run away from committing.
 * <p>
 * Contract: "{@code max-uncommitted} … caps how far handing over may run ahead of the
 * last acknowledged commit … Repeats never exceed it, whatever fails"; of
 * {@code each-message}: "committed … each message, before the next is handed over".
 * <p>
 * Definition: when an invocation of a message begins, the messages from the last commit
 * up to it, itself included, are at most {@code max-uncommitted}, in each partition and
 * for every strategy; under {@code each-message} it is the first valid message behind the
 * commit. The last commit is the highest that can have been taken before that moment: a
 * commit is taken before it is acknowledged, so the consumer may know less but never
 * more. Where there is none, it is the start.
 */
final class UncommittedWithinBound implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		boolean eachMessage = history.cell().commit() == CommitStrategy.EACH_MESSAGE;
		int bound = eachMessage ? 1 : history.limits().maxUncommitted();
		for (PartitionHistory partition : history.partitions()) {
			Invocations invocations = partition.invocations();
			for (int i = 0; i < invocations.size(); i++) {
				long most = partition.commits().mostBefore(invocations.start(i));
				long committed = (most != CommitTimeline.NONE) ? most : partition.start();
				int message = invocations.message(i);
				if (exceeds(partition, committed, message, eachMessage, bound)) {
					int invocation = i;
					findings.add(
							() -> "%s: %s, when the last commit was %d at most: %d messages before; expected: %d at most"
								.formatted(history.message(partition, message),
										history.invocation(partition, invocation), committed,
										message - partition.messages().lowerBound(committed), bound - 1));
				}
			}
		}
		return findings.list();
	}

	private static boolean exceeds(PartitionHistory partition, long committed, int message, boolean eachMessage,
			int bound) {
		if (!eachMessage) {
			return message - partition.messages().lowerBound(committed) + 1 > bound;
		}
		int before = partition.predecessor(message);
		return before >= 0 && partition.messages().offset(before) >= committed;
	}

}
