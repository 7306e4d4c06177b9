package io.baseplate.kafka.consumer;

import java.time.Duration;

/**
 * Waits that double from an initial to a longest one. One thread.
 */
final class Backoff {

	private final Duration initial;

	private final Duration max;

	private Duration next;

	Backoff(Duration initial, Duration max) {
		this.initial = (initial.compareTo(max) < 0) ? initial : max;
		this.max = max;
		this.next = this.initial;
	}

	/**
	 * The next wait.
	 * @return how long
	 */
	Duration next() {
		Duration wait = this.next;
		Duration doubled = wait.multipliedBy(2);
		this.next = (doubled.compareTo(this.max) < 0) ? doubled : this.max;
		return wait;
	}

	/**
	 * Begin with the initial wait again.
	 */
	void reset() {
		this.next = this.initial;
	}

}
