package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.chaos.check.FaultKind.Effect;

/**
 * How long it took after a fault until a partition was worked on again.
 *
 * @param fault the fault
 * @param partition the partition
 * @param invocation the first invocation after it
 * @param nanos the time, from the fault's beginning, where a broker was away from its
 * end; until a broker goes away again, if that was before the invocation
 */
record Recovery(Fault fault, PartitionHistory partition, int invocation, long nanos) {

	/**
	 * The recoveries from all faults. Partitions whose last message before was handled by
	 * the process that was killed, crashed or was paused; where a broker was away, all
	 * partitions. A partition that had no more messages has no recovery.
	 */
	static List<Recovery> of(History history) {
		List<Recovery> recoveries = new ArrayList<>();
		for (Fault fault : history.faults()) {
			for (PartitionHistory partition : history.partitions()) {
				long from = fault.kind().isBrokerAway() ? fault.nanosTo() : fault.nanosFrom();
				Invocations invocations = partition.invocations();
				int next = invocations.firstAfter(from);
				if (next > 0 && next < invocations.size() && concerns(history, fault, partition, next - 1)) {
					long until = Math.min(invocations.start(next), nextOutage(history, from));
					recoveries.add(new Recovery(fault, partition, next, until - from));
				}
			}
		}
		return recoveries;
	}

	private static long nextOutage(History history, long from) {
		return history.faults()
			.stream()
			.filter((fault) -> fault.kind().isBrokerAway() && fault.nanosFrom() > from)
			.mapToLong(Fault::nanosFrom)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	private static boolean concerns(History history, Fault fault, PartitionHistory partition, int last) {
		if (fault.kind().isBrokerAway()) {
			return true;
		}
		Effect effect = fault.kind().effect();
		return (effect == Effect.CRASH || effect == Effect.PAUSE)
				&& fault.concerns(history.process(partition.invocations().process(last)));
	}

}
