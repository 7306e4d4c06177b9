package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.CommitStrategy;

/**
 * What is handled again is what no commit covered, and no more of it than was promised.
 * <p>
 * Contract, "after a crash, handled again": {@code each-message} "at most 1 message";
 * {@code continuous} and {@code interval} "what was handled since the last acknowledged
 * commit"; {@code processed} "may repeat what was handled beyond the last commit";
 * {@code read} "may repeat one interval"; "Repeats never exceed
 * [{@code max-uncommitted}], whatever fails"; "Clean stop. … Nothing is lost and nothing
 * is repeated"; "[messages of a revoked partition] in flight … are committed before the
 * partition is given up"; "two owners overlap at most by the messages already in flight
 * ({@code read} … excepted)".
 * <p>
 * A <b>restart</b> is an invocation of a message that has an earlier invocation which
 * ENDED (then it is a repeat, also where that one ended later), or which has no end (it
 * was cut off). A message that only FAILED or was INTERRUPTED was not handled before.
 * <p>
 * <b>The exact rule</b>, but for {@code read}: at a restart, the last commit is not
 * beyond the message: of the commits that can have been the last one at that moment, the
 * lowest. (What a group fetches is the last commit in the log: it cannot be assigned a
 * partition before its coordinator has replicated what the log holds of the group.) A
 * commit of the new owner cannot pass a message that it has yet to handle, so the moment
 * of the restart may stand for that of the fetch. Excepted are invocations handed over
 * before a fault made their process lose the partition, as in {@link OrderPerPartition}.
 * <p>
 * <b>The exact rule, for {@code read}</b>: a new owner commits what it has read before it
 * has begun to handle it, so the moment of the restart will not do. But what is given up
 * in the ordinary way is committed and not repeated; so the new owner fetched after some
 * fault or failure of either process had begun that explains the restart, and the last
 * commit before the earliest of these is not beyond the message. Without any such cause
 * there is nothing to judge by here; {@link Repeats#KILLS} then asks for it.
 * <p>
 * <b>{@link Repeats#NONE}</b>: moreover, there is no restart at all.
 * <p>
 * <b>{@link Repeats#KILLS}</b>: moreover, each restart has a cause: a kill or crash of
 * the former process while or after it had the message; a pause, a disturbance or an
 * overrun that it went through (until {@link Cause#SETTLES_NANOS 15 s} after); a pause or
 * disturbance of the process that begins so late; or, in fast mode, a failure of the
 * former process before the restart (what was handled beyond the message that failed is
 * not committed); a restart that only repeats one which failed needs no cause of its own.
 * And a kill, crash or pause explains, for each process, one restart under
 * {@code each-message} and else {@code max-uncommitted} in each partition. Disturbances,
 * overruns and failures may come more than once, so the number is bounded by
 * {@link UncommittedWithinBound} alone. Where a restart may have one of several causes,
 * the {@link Attribution} is the one that explains most.
 */
final class RepeatsWithinBound implements Guarantee {

	private final Repeats repeats;

	private final int overlap;

	RepeatsWithinBound(Repeats repeats, int overlap) {
		this.repeats = repeats;
		this.overlap = overlap;
	}

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		Causes causes = new Causes(history);
		Latecomers latecomers = new Latecomers(causes, this.overlap);
		List<Restart> restarts = new ArrayList<>();
		for (PartitionHistory partition : history.partitions()) {
			for (int i = 0; i < partition.invocations().size(); i++) {
				Restart restart = (partition.previous(i) >= 0) ? Restart.of(partition, i) : null;
				if (restart != null) {
					restarts.add(restart);
					checkCommitted(history, restart, causes, latecomers, findings);
				}
			}
		}
		switch (this.repeats) {
			case NONE ->
				restarts.forEach((restart) -> findings.add(() -> describe(history, restart, "nothing handled again")));
			case KILLS -> new Attribution(history, causes).explain(restarts,
					(restart, expected) -> findings.add(() -> describe(history, restart, expected)));
			case UNCOMMITTED -> {
				// Where it came from is not asked.
			}
		}
		return findings.list();
	}

	private static void checkCommitted(History history, Restart restart, Causes causes, Latecomers latecomers,
			Findings findings) {
		if (history.cell().commit() == CommitStrategy.READ) {
			checkRead(history, restart, causes, findings);
		}
		else {
			long committed = restart.partition().commits().leastInForce(restart.start());
			if (committed > restart.offset() && !latecomers.excuse(restart.partition(), restart.again())) {
				findings.add(() -> describe(history, restart, "only messages from the last commit on, which was "
						+ committed + (restart.handled() ? "" : " although it was never handled")));
			}
		}
	}

	private static void checkRead(History history, Restart restart, Causes causes, Findings findings) {
		Cause earliest = null;
		for (int process : new int[] { restart.former(), restart.latter() }) {
			for (Cause cause : causes.of(process)) {
				if (restart.isExplainedBy(cause, process) && (earliest == null || cause.from() < earliest.from())) {
					earliest = cause;
				}
			}
		}
		if (earliest != null) {
			long committed = restart.partition().commits().leastInForce(earliest.from());
			if (committed > restart.offset()) {
				String description = earliest.description();
				findings.add(() -> describe(history, restart,
						"only messages from " + committed + " on, the last commit before " + description));
			}
		}
	}

	private static String describe(History history, Restart restart, String expected) {
		PartitionHistory partition = restart.partition();
		return "%s: %s, after %s; expected: %s".formatted(
				history.message(partition, partition.invocations().message(restart.again())),
				history.invocation(partition, restart.again()), history.invocation(partition, restart.earlier()),
				expected);
	}

}
