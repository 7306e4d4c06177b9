/**
 * The harness: what is measured against what, in rounds, and the tables of it.
 */
@NullMarked
package io.baseplate.kafka.benchmarks;

import org.jspecify.annotations.NullMarked;
