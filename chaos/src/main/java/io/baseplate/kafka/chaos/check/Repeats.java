package io.baseplate.kafka.chaos.check;

/**
 * How much a row of the fault matrix allows to be handled again.
 */
public enum Repeats {

	/**
	 * Nothing: the row does only what the contract says is clean.
	 */
	NONE,

	/**
	 * Only what a process had handled that was killed, or lost its partitions through a
	 * fault; and of that only so much as the commit strategy leaves uncommitted.
	 */
	KILLS,

	/**
	 * Only what no acknowledged commit covers; where it came from is not asked.
	 */
	UNCOMMITTED

}
