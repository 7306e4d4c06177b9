package io.baseplate.kafka.chaos.check;

import java.time.Duration;
import java.util.List;

/**
 * Work goes on soon after a fault.
 * <p>
 * Contract: "it recovers alone: first message within 30 s of the broker answering, on top
 * of the session expiry where a member was killed".
 * <p>
 * Definition, for rows that keep messages coming on every partition: after a kill, crash
 * or pause, the partitions that the process last worked on are worked on again within the
 * time, counted from the beginning of the fault; after a broker or the network was away,
 * all partitions, counted from its end. Where a broker goes away again meanwhile, it is
 * the time until then that must not be longer. A partition on which nothing came
 * afterwards is the matter of {@link NothingLost}.
 */
final class RecoversWithin implements Guarantee {

	private final Duration bound;

	RecoversWithin(Duration bound) {
		this.bound = bound;
	}

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (Recovery recovery : Recovery.of(history)) {
			if (recovery.nanos() > this.bound.toNanos()) {
				PartitionHistory partition = recovery.partition();
				findings.add(() -> "%s: %s is the first after %s %s to %s: %d ms; expected: at most %d ms".formatted(
						history.message(partition, partition.invocations().message(recovery.invocation())),
						history.invocation(partition, recovery.invocation()), recovery.fault().kind(),
						history.at(recovery.fault().nanosFrom()), history.at(recovery.fault().nanosTo()),
						Duration.ofNanos(recovery.nanos()).toMillis(), this.bound.toMillis()));
			}
		}
		return findings.list();
	}

}
