package io.baseplate.kafka.chaos.check;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.chaos.check.FaultKind.Effect;

/**
 * How much happened in a cell, whether promised or not.
 *
 * @param sent messages that the group had to read, in all incarnations of the topic
 * @param handled how many of them were handled
 * @param lost how many were not, though they are valid and their topic was not deleted
 * @param repeated invocations of messages that an earlier one had handled, or did
 * @param worstRepeats the most of these that one kill or crash explains
 * @param worstRecoveryMillis the longest time from a fault, where a broker was away from
 * its end, until a partition concerned was worked on again; -1 where nothing had to
 * recover
 */
public record Measures(long sent, long handled, long lost, long repeated, long worstRepeats, long worstRecoveryMillis) {

	/**
	 * Measure a history.
	 * @param history the history
	 * @return the measures
	 */
	public static Measures of(History history) {
		long sent = 0;
		long handled = 0;
		long lost = 0;
		long repeated = 0;
		Causes causes = new Causes(history);
		Map<Cause, Long> repeats = new HashMap<>();
		for (PartitionHistory partition : history.partitions()) {
			Messages messages = partition.messages();
			for (int i = partition.firstDue(); i < messages.size(); i++) {
				sent++;
				if (partition.isHandled(i)) {
					handled++;
				}
				else if (!messages.isInvalid(i) && !partition.isDeleted()) {
					lost++;
				}
			}
			for (int i = 0; i < partition.invocations().size(); i++) {
				Restart restart = (partition.previous(i) >= 0) ? Restart.of(partition, i) : null;
				if (restart == null || !restart.handled()) {
					continue;
				}
				repeated++;
				if (history.cell().commit() == CommitStrategy.READ || !restart.isPassed()) {
					causes.of(restart.former())
						.stream()
						.filter((cause) -> cause.effect() == Effect.CRASH
								&& restart.isExplainedBy(cause, restart.former()))
						.findFirst()
						.ifPresent((cause) -> repeats.merge(cause, 1L, Long::sum));
				}
			}
		}
		long worstRepeats = repeats.values().stream().mapToLong(Long::longValue).max().orElse(0);
		long worstRecovery = Recovery.of(history)
			.stream()
			.mapToLong((recovery) -> Duration.ofNanos(recovery.nanos()).toMillis())
			.max()
			.orElse(-1);
		return new Measures(sent, handled, lost, repeated, worstRepeats, worstRecovery);
	}

}
