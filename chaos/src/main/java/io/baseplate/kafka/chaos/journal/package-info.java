/**
 * What the application processes write down while they run: memory-mapped files that
 * survive the end of their process, however it ends.
 */
@NullMarked
package io.baseplate.kafka.chaos.journal;

import org.jspecify.annotations.NullMarked;
