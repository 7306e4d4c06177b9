package io.baseplate.kafka.consumer;

/**
 * Requests of one kind that the group's coordinator has answered.
 */
interface Answers {

	/**
	 * The client does not count.
	 */
	long UNKNOWN = -1;

	/**
	 * How many there were. Answers that say that something is wrong count too.
	 * @return the number, {@link #UNKNOWN} where it is not known
	 */
	long count();

	/**
	 * The longest time between a request and its answer, lately: whoever reads the count
	 * first has the time of the last that was counted among these.
	 * @return nanoseconds, {@link #UNKNOWN} where it is not known
	 */
	long slowest();

}
