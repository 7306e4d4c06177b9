/**
 * The application process: what a user would write on the starter, ten handlers of it,
 * and a journal of what happens.
 */
@NullMarked
package io.baseplate.kafka.chaos.app;

import org.jspecify.annotations.NullMarked;
