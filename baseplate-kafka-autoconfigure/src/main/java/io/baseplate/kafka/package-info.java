/**
 * What a user's code names: the annotation, the message's context, the ways to adapt a
 * consumer.
 */
@NullMarked
package io.baseplate.kafka;

import org.jspecify.annotations.NullMarked;
