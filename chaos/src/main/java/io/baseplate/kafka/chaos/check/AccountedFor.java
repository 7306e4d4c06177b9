package io.baseplate.kafka.chaos.check;

import java.util.List;

import io.baseplate.kafka.chaos.journal.EventType;

/**
 * Every process says what became of its messages, and it is true.
 * <p>
 * Contract: "Every message read ends as exactly one of handled, invalid, failed, dropped,
 * uncommitted"; "Clean stop. … in-flight handlers finish"; "A handler that ignores its
 * interrupt stays behind …, and its outcome is discarded".
 * <p>
 * Definition, for a process that came to the end of a clean stop: its totals add up,
 * {@code read = handled + invalid + failed + dropped + uncommitted}; {@code handled} is
 * the number of invocations that ENDED; {@code failed} is at most the number that FAILED
 * or were INTERRUPTED, and at least the number that FAILED less {@code uncommitted} (a
 * handler that throws while the stop interrupts it counts as interrupted); no invocation
 * is without an end. Where the row leaves handlers behind, so many may be without an end,
 * or have ended and not count.
 * <p>
 * For any other process: the row killed it, or says that it crashed; and no more
 * invocations are without an end than it has handlers (and leaves behind).
 */
final class AccountedFor implements Guarantee {

	private final int leftBehind;

	AccountedFor(int leftBehind) {
		this.leftBehind = leftBehind;
	}

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (ProcessHistory process : history.processes()) {
			if (process.isStopped()) {
				checkStopped(process, findings);
			}
			else {
				checkCrashed(history, process, findings);
			}
		}
		return findings.list();
	}

	private void checkStopped(ProcessHistory process, Findings findings) {
		if (!process.hasTotals()) {
			if (process.started() > 0) {
				findings.add(() -> process.name() + " stopped and wrote no totals; it began " + process.started()
						+ " invocations");
			}
			return;
		}
		long read = process.total(EventType.TOTAL_READ);
		long handled = process.total(EventType.TOTAL_HANDLED);
		long invalid = process.total(EventType.TOTAL_INVALID);
		long failed = process.total(EventType.TOTAL_FAILED);
		long dropped = process.total(EventType.TOTAL_DROPPED);
		long uncommitted = process.total(EventType.TOTAL_UNCOMMITTED);
		long sum = handled + invalid + failed + dropped + uncommitted;
		if (read != sum) {
			findings
				.add(() -> ("%s read %d messages; handled %d + invalid %d + failed %d + dropped %d + uncommitted %d "
						+ "are %d; expected: the same")
					.formatted(process.name(), read, handled, invalid, failed, dropped, uncommitted, sum));
		}
		if (handled > process.handled() || handled < process.handled() - this.leftBehind) {
			findings.add(() -> "%s says that it handled %d messages, and %d invocations ended; expected: the same"
				.formatted(process.name(), handled, process.handled()));
		}
		if (failed > process.failed() + process.interrupted() || failed < process.failed() - uncommitted) {
			findings.add(() -> ("%s says that %d messages failed and %d are uncommitted, and %d invocations failed and "
					+ "%d were interrupted")
				.formatted(process.name(), failed, uncommitted, process.failed(), process.interrupted()));
		}
		if (process.open() > this.leftBehind) {
			findings.add(() -> "%s stopped cleanly with %d invocations that have no end; expected: %d at most"
				.formatted(process.name(), process.open(), this.leftBehind));
		}
	}

	private void checkCrashed(History history, ProcessHistory process, Findings findings) {
		boolean crashed = history.faults()
			.stream()
			.anyMatch((fault) -> fault.kind().effect() == FaultKind.Effect.CRASH && fault.concerns(process.name()));
		if (!crashed) {
			findings.add(() -> "%s ended without a clean stop, and nobody killed it; its last sign of life was %s"
				.formatted(process.name(), history.at(process.lastNanos())));
		}
		int bound = history.limits().concurrency() + this.leftBehind;
		if (process.open() > bound) {
			findings.add(() -> "%s ended with %d invocations that have no end; expected: %d at most"
				.formatted(process.name(), process.open(), bound));
		}
	}

}
