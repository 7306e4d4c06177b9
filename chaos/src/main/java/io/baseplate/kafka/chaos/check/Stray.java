package io.baseplate.kafka.chaos.check;

/**
 * An invocation for a message that the topic does not hold.
 *
 * @param process the process
 * @param partition the partition
 * @param offset the offset
 * @param id the id
 * @param nanos when it began
 * @param holds what the topic holds at that offset, for people
 */
record Stray(int process, int partition, long offset, long id, long nanos, String holds) {
}
