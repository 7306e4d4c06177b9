package io.baseplate.kafka.chaos.check;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Grants what is excused by "two owners overlap at most by the messages already in
 * flight": for each fault and process only so many invocations. Where several faults
 * explain one invocation, the one that is over first pays.
 */
final class Latecomers {

	private final Causes causes;

	private final int each;

	private final Map<Key, Integer> granted = new HashMap<>();

	/**
	 * Create a new instance.
	 * @param causes the causes
	 * @param each how many invocations each fault excuses for each process
	 */
	Latecomers(Causes causes, int each) {
		this.causes = causes;
		this.each = each;
	}

	/**
	 * Excuse an invocation that begins although its message is not the process's any
	 * more, if it can have been handed over before.
	 * @param partition the partition
	 * @param invocation the invocation
	 * @return {@code false} where nothing excuses it
	 */
	boolean excuse(PartitionHistory partition, int invocation) {
		Invocations invocations = partition.invocations();
		int process = invocations.process(invocation);
		long start = invocations.start(invocation);
		Cause payer = null;
		for (Cause cause : this.causes.of(process)) {
			if (cause.explainsThatLate(start)
					&& partition.commits().leastInForce(cause.from()) <= partition.offset(invocation)) {
				payer = earlier(payer, cause, process);
			}
		}
		return pay(payer, process);
	}

	/**
	 * Excuse an invocation that another process overlaps.
	 * @param partition the partition
	 * @param invocation the invocation
	 * @param overlapped when the other one began, or its own beginning where it came
	 * later
	 * @return {@code false} where nothing excuses it
	 */
	boolean excuseOverlap(PartitionHistory partition, int invocation, long overlapped) {
		Invocations invocations = partition.invocations();
		int process = invocations.process(invocation);
		long start = invocations.start(invocation);
		Cause payer = null;
		for (Cause cause : this.causes.of(process)) {
			if (cause.effect() == FaultKind.Effect.OVERRUN && cause.explainsThatLeft(start, overlapped)) {
				return true;
			}
			boolean loses = cause.effect() == FaultKind.Effect.PAUSE || cause.effect() == FaultKind.Effect.DISTURBANCE;
			if (loses && cause.explainsThatLeft(start, overlapped)) {
				payer = earlier(payer, cause, process);
			}
		}
		return pay(payer, process);
	}

	private @Nullable Cause earlier(@Nullable Cause payer, Cause cause, int process) {
		boolean has = this.granted.getOrDefault(new Key(cause, process), 0) < this.each;
		return (has && (payer == null || cause.to() < payer.to())) ? cause : payer;
	}

	private boolean pay(@Nullable Cause payer, int process) {
		if (payer != null) {
			this.granted.merge(new Key(payer, process), 1, Integer::sum);
		}
		return payer != null;
	}

	private record Key(Cause cause, int process) {
	}

}
