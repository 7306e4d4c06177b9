/**
 * The JVM of the broker.
 */
@NullMarked
package io.baseplate.kafka.benchmarks.broker;

import org.jspecify.annotations.NullMarked;
