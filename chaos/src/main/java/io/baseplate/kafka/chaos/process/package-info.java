/**
 * Broker and application processes, and what is done to them: kill, pause, cut off, load.
 */
@NullMarked
package io.baseplate.kafka.chaos.process;

import org.jspecify.annotations.NullMarked;
