package io.baseplate.kafka.chaos.check;

/**
 * What the harness did, or made happen; and what of it can be the reason that a process
 * loses partitions without having given them up.
 */
public enum FaultKind {

	/** A process was killed with SIGKILL. */
	KILLED(Effect.CRASH, false),

	/**
	 * A process ended by itself and not cleanly: it halted, or ran out of memory and
	 * died.
	 */
	CRASHED(Effect.CRASH, false),

	/** A process was suspended and, at the end of the fault, resumed. */
	PAUSED(Effect.PAUSE, false),

	/** A process was stopped with SIGTERM, in time for everything to finish. */
	STOPPED_CLEAN(Effect.NONE, false),

	/** Members came or went, and nothing else. */
	REBALANCE(Effect.NONE, false),

	/**
	 * A handler was made to take longer than the time that a stop or a rebalance gives
	 * it.
	 */
	OVERRUN(Effect.OVERRUN, false),

	/**
	 * So little processor time that sessions may have expired.
	 */
	STARVED(Effect.DISTURBANCE, false),

	/** A broker was killed, until it was back. */
	BROKER_KILLED(Effect.DISTURBANCE, true),

	/** A broker was stopped cleanly, until it was back. */
	BROKER_STOPPED(Effect.DISTURBANCE, true),

	/** A broker was suspended, until it was resumed. */
	BROKER_PAUSED(Effect.DISTURBANCE, true),

	/** The connections to the brokers were delayed, stalled, reset or refused. */
	NETWORK(Effect.DISTURBANCE, true),

	/** The coordinator or the leaders of partitions were moved, and nothing else. */
	LEADERS_MOVED(Effect.DISTURBANCE, false);

	private final Effect effect;

	private final boolean brokerAway;

	FaultKind(Effect effect, boolean brokerAway) {
		this.effect = effect;
		this.brokerAway = brokerAway;
	}

	Effect effect() {
		return this.effect;
	}

	/**
	 * Whether recovery can only begin when the fault is over.
	 */
	boolean isBrokerAway() {
		return this.brokerAway;
	}

	/**
	 * What a fault can do to the ownership of partitions.
	 */
	enum Effect {

		/** Nothing: partitions are given up, with their commits. */
		NONE,

		/** The process ends in the midst of what it does, once. */
		CRASH,

		/** The process may lose its partitions, once. */
		PAUSE,

		/** The process may lose its partitions, perhaps more than once. */
		DISTURBANCE,

		/** Messages in hand are left to the next owner while they are still handled. */
		OVERRUN,

		/** A handler failed, and its consumer stopped or began again; not a fault. */
		FAILURE

	}

}
