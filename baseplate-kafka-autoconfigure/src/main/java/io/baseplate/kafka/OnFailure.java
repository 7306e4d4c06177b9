package io.baseplate.kafka;

/**
 * What happens after a handler threw. An {@link Error} always goes the way of
 * {@link #STOP}.
 */
public enum OnFailure {

	/**
	 * The consumer stops and leaves the group; its health is DOWN and names the message
	 * and the error. The default.
	 */
	STOP,

	/**
	 * The application context closes and the JVM exits with a non-zero code, as a
	 * baseplate server does.
	 */
	SHUTDOWN,

	/**
	 * The consumer starts again from the committed offsets after an exponential back-off;
	 * its health is DOWN meanwhile.
	 */
	RESTART

}
