/**
 * A real single-node Kafka broker inside the JVM, for development and tests. Plain Java.
 */
@NullMarked
package io.baseplate.kafka.devbroker;

import org.jspecify.annotations.NullMarked;
