package io.baseplate.kafka.chaos.check;

import java.util.List;

/**
 * One promise of the contract as a pure function of what happened. It concludes only what
 * is certain: where the clocks leave two orders possible, the promise counts as kept in
 * both.
 */
public interface Guarantee {

	/**
	 * What violations are named after.
	 * @return the name
	 */
	default String name() {
		return getClass().getSimpleName();
	}

	/**
	 * Judge what happened.
	 * @param history the history of one cell
	 * @return the violations: the first ones as they are, and how many more there are
	 */
	List<Violation> check(History history);

}
