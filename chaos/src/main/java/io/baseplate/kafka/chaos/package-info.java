/**
 * Proof of the promises about messages: real application and broker processes, faults at
 * random moments from a seed, and a checker that knows only the promises.
 */
@NullMarked
package io.baseplate.kafka.chaos;

import org.jspecify.annotations.NullMarked;
