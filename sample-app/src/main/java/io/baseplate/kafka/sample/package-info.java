/**
 * What a user of the starter writes.
 */
@NullMarked
package io.baseplate.kafka.sample;

import org.jspecify.annotations.NullMarked;
