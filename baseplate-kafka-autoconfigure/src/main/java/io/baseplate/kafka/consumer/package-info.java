/**
 * The engine: reading, queueing, handling, progress, committing. No Spring and no
 * Jackson.
 */
@NullMarked
package io.baseplate.kafka.consumer;

import org.jspecify.annotations.NullMarked;
