package io.baseplate.kafka.consumer;

/**
 * The time that behaviour depends on, in nanoseconds since some moment.
 */
@FunctionalInterface
interface Ticker {

	Ticker SYSTEM = System::nanoTime;

	long nanos();

}
