package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.ConsumerMode;

/**
 * One at a time in order; fast, no more at a time than was said.
 * <p>
 * Contract: "<b>In order.</b> One handler"; "Message k+1 is not handed over before k has
 * been handled"; "<b>Fast.</b> {@code max-concurrency} handlers".
 * <p>
 * Definition: at no moment has one consumer of one process more invocations begun and not
 * ended, over all partitions, than it has handlers. Beginning and end are written inside
 * the handler, so an overlap in the journal was one. An invocation without an end counts
 * until the process ends. Where the row leaves handlers behind that ignore their
 * interrupt ("stays behind as a named daemon thread"), each process may have so many
 * more.
 */
final class AtMostConcurrency implements Guarantee {

	private final int leftBehind;

	AtMostConcurrency(int leftBehind) {
		this.leftBehind = leftBehind;
	}

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		int bound = history.limits().concurrency() + this.leftBehind;
		List<List<Running>> running = new ArrayList<>();
		history.processes().forEach((process) -> running.add(new ArrayList<>()));
		Sweep.over(history, (partition, invocation) -> {
			Invocations invocations = partition.invocations();
			long start = invocations.start(invocation);
			List<Running> now = running.get(invocations.process(invocation));
			now.removeIf((other) -> other.end() <= start);
			now.add(new Running(partition, invocation, invocations.end(invocation)));
			if (now.size() > bound) {
				findings.add(() -> describe(history, now, bound));
			}
		});
		return findings.list();
	}

	private static String describe(History history, List<Running> now, int bound) {
		StringBuilder text = new StringBuilder();
		text.append(now.size())
			.append(" invocations at a time, expected: ")
			.append((history.cell().mode() == ConsumerMode.IN_ORDER) ? "one after the other, " : "")
			.append("at most ")
			.append(bound)
			.append(':');
		// The last one is the one too many.
		for (int i = now.size() - 1; i >= Math.max(0, now.size() - 4); i--) {
			Running each = now.get(i);
			text.append((i == now.size() - 1) ? " " : "; ")
				.append(history.message(each.partition(), each.partition().invocations().message(each.invocation())))
				.append(' ')
				.append(history.invocation(each.partition(), each.invocation()));
		}
		return text.toString();
	}

	private record Running(PartitionHistory partition, int invocation, long end) {
	}

}
