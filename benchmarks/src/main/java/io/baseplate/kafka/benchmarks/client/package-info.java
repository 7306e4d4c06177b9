/**
 * The measured JVM: one stack, a warm pass and a measured pass, and the proof that the
 * stack did what it claims.
 */
@NullMarked
package io.baseplate.kafka.benchmarks.client;

import org.jspecify.annotations.NullMarked;
