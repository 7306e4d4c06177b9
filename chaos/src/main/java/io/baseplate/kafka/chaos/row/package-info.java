/**
 * The rows of the fault matrix, what each of them promises, and the command that runs
 * them.
 */
@NullMarked
package io.baseplate.kafka.chaos.row;

import org.jspecify.annotations.NullMarked;
