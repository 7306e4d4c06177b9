/**
 * The checker: what happened in a run, as a
 * {@link io.baseplate.kafka.chaos.check.History} of one cell, and each promise about
 * messages as a {@link io.baseplate.kafka.chaos.check.Guarantee}, a pure function of it.
 * Knows nothing of Kafka, of Spring, of threads, or of how the promises are kept.
 */
@NullMarked
package io.baseplate.kafka.chaos.check;

import org.jspecify.annotations.NullMarked;
