/**
 * What the harness and the measured JVMs tell each other: what to run, and what it gave.
 */
@NullMarked
package io.baseplate.kafka.benchmarks.run;

import org.jspecify.annotations.NullMarked;
