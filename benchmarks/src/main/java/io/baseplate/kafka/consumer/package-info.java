/**
 * Microbenchmarks of the engine's parts, in the engine's package because that is where
 * they can be reached.
 */
@NullMarked
package io.baseplate.kafka.consumer;

import org.jspecify.annotations.NullMarked;
