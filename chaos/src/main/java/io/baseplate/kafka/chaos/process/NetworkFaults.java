package io.baseplate.kafka.chaos.process;

import java.time.Duration;

/**
 * What can happen to the network between applications and brokers. Each holds once the
 * method has returned. Delays and stalls last until {@link #heal()}, and may be combined.
 */
public interface NetworkFaults {

	/**
	 * Let each byte arrive later, in either direction. What was sent first arrives first.
	 * @param delay how much later
	 * @return when
	 */
	Span delay(Duration delay);

	/**
	 * Let nothing through in either direction, while connections stay open: cables cut,
	 * or packets dropped. What is sent meanwhile arrives after the healing.
	 * @return when
	 */
	Span stall();

	/**
	 * Let requests through and no answers: what the brokers do is done, and nobody hears
	 * of it.
	 * @return when
	 */
	Span stallAnswers();

	/**
	 * Reset the connections that are open now. What was held back by a delay or a stall
	 * is lost. New connections are taken.
	 * @return when
	 */
	Span reset();

	/**
	 * Reset the connections that are open now, and refuse new ones until the healing.
	 * @return when
	 */
	Span refuse();

	/**
	 * End all faults. What was held back is delivered.
	 * @return when
	 */
	Span heal();

}
