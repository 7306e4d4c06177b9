package io.baseplate.kafka.chaos.check;

/**
 * The settings of a consumer that its promises depend on.
 *
 * @param concurrency {@code max-concurrency}: 1 in order
 * @param maxUncommitted {@code max-uncommitted}
 * @param readAhead how many messages a consumer can have read and not handled: what its
 * queue holds and what is in flight ({@code readAheadBound} of its status)
 */
public record Limits(int concurrency, int maxUncommitted, int readAhead) {
}
