/**
 * What operators ask: health.
 */
@NullMarked
package io.baseplate.kafka.actuate;

import org.jspecify.annotations.NullMarked;
