package io.baseplate.kafka.chaos.check;

/**
 * An invocation for a message that the topic does not hold.
 *
 * @param process the process
 * @param partition the partition
 * @param offset the offset
 * @param id the id
 * @param nanos when it began
 * @param holds the id that the topic holds at that offset, -1 where it holds nothing
 * there
 */
record Stray(int process, int partition, long offset, long id, long nanos, long holds) {
}
