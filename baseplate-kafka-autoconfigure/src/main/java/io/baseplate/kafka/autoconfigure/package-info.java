/**
 * From properties and annotated methods to running consumers.
 */
@NullMarked
package io.baseplate.kafka.autoconfigure;

import org.jspecify.annotations.NullMarked;
