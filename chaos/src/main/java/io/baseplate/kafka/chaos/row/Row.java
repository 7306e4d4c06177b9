package io.baseplate.kafka.chaos.row;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.Limits;
import io.baseplate.kafka.chaos.process.BrokerOptions;

/**
 * One row of the fault matrix: what is broken, and what is promised all the same.
 */
interface Row {

	/**
	 * What the row is called on the command line.
	 */
	String name();

	/**
	 * What is broken, for people.
	 */
	String fault();

	/**
	 * What the checker holds the record against.
	 */
	Expectations expectations();

	/**
	 * The settings of its consumers that promises depend on.
	 */
	default Limits limits(ConsumerMode mode) {
		return (mode == ConsumerMode.IN_ORDER) ? new Limits(1, 10_000, 2) : new Limits(16, 10_000, 40);
	}

	/**
	 * How many brokers it wants.
	 */
	default int brokers() {
		return 1;
	}

	/**
	 * How the brokers are configured. Runs whose brokers are alike share them.
	 */
	default BrokerOptions brokerOptions() {
		return BrokerOptions.defaults();
	}

	/**
	 * Break it. Everything that is left to chance comes from the run's random numbers.
	 * When this returns, nothing is broken any more and the load may still be on its way.
	 * @param run the run
	 */
	void run(Run run);

}
