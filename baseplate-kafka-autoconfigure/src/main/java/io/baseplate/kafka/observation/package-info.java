/**
 * Names of spans and metrics, conventions, and the recording of them.
 */
@NullMarked
package io.baseplate.kafka.observation;

import org.jspecify.annotations.NullMarked;
