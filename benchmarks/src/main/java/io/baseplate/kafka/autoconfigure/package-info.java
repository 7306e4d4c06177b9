/**
 * Microbenchmarks of how annotated methods are called, in the package where that can be
 * reached.
 */
@NullMarked
package io.baseplate.kafka.autoconfigure;

import org.jspecify.annotations.NullMarked;
