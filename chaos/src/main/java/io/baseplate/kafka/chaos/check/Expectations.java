package io.baseplate.kafka.chaos.check;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a row of the fault matrix promises beyond what always holds.
 *
 * @param repeats how much may be handled again
 * @param lossesOfRead whether {@code read} may lose messages through crashes and
 * failures; the other strategies never may
 * @param quiet whether the row waited until everything was handled and committed
 * @param leftBehind how many handlers in each process the row leaves behind that ignore
 * their interrupt
 * @param overlap how many invocations each fault excuses for each process that begin or
 * go on after the partition is another's; {@code null} for as many as can be in flight,
 * which is what the contract says
 * @param recovery the longest time after which each fault has to be over, {@code null}
 * where that is not judged
 */
public record Expectations(Repeats repeats, boolean lossesOfRead, boolean quiet, int leftBehind,
		@Nullable Integer overlap, @Nullable Duration recovery) {

	/**
	 * For rows that do only what is clean, and wait for quiet: nothing is lost, nothing
	 * is repeated, everything is committed.
	 * @return the expectations
	 */
	public static Expectations clean() {
		return new Expectations(Repeats.NONE, false, true, 0, null, null);
	}

	/**
	 * For rows with faults, or failing handlers, that wait for quiet: repeats by
	 * {@link Repeats#KILLS}, {@code read} may lose what crashes explain, everything is
	 * committed.
	 * @return the expectations
	 */
	public static Expectations faults() {
		return new Expectations(Repeats.KILLS, true, true, 0, null, null);
	}

	/**
	 * The same with another bound of repeats.
	 * @param repeats the bound
	 * @return the expectations
	 */
	public Expectations withRepeats(Repeats repeats) {
		return new Expectations(repeats, this.lossesOfRead, this.quiet, this.leftBehind, this.overlap, this.recovery);
	}

	/**
	 * The same with or without losses under {@code read}.
	 * @param lossesOfRead whether {@code read} may lose messages
	 * @return the expectations
	 */
	public Expectations withLossesOfRead(boolean lossesOfRead) {
		return new Expectations(this.repeats, lossesOfRead, this.quiet, this.leftBehind, this.overlap, this.recovery);
	}

	/**
	 * The same for a row that did not wait until everything was handled and committed.
	 * @return the expectations
	 */
	public Expectations withoutQuiet() {
		return new Expectations(this.repeats, this.lossesOfRead, false, this.leftBehind, this.overlap, this.recovery);
	}

	/**
	 * The same with handlers that are left behind.
	 * @param leftBehind how many in each process
	 * @return the expectations
	 */
	public Expectations withLeftBehind(int leftBehind) {
		return new Expectations(this.repeats, this.lossesOfRead, this.quiet, leftBehind, this.overlap, this.recovery);
	}

	/**
	 * The same with another number of excused invocations.
	 * @param overlap how many for each fault and process
	 * @return the expectations
	 */
	public Expectations withOverlap(int overlap) {
		return new Expectations(this.repeats, this.lossesOfRead, this.quiet, this.leftBehind, overlap, this.recovery);
	}

	/**
	 * The same with a longest time of recovery.
	 * @param recovery the time, with the expiry of the session where a member is killed
	 * @return the expectations
	 */
	public Expectations withRecovery(Duration recovery) {
		return new Expectations(this.repeats, this.lossesOfRead, this.quiet, this.leftBehind, this.overlap, recovery);
	}

}
