package io.baseplate.kafka.chaos.journal;

/**
 * One record of a journal, as an object: for what is rare. Who wants millions of them
 * uses {@link JournalReader#forEach}.
 *
 * @param process the name of the process
 * @param type what happened
 * @param nanos when, as {@link System#nanoTime()} of that process, which on Linux is the
 * same clock in all processes of a machine
 * @param cell the code of the cell, -1 where the event is of the process
 * @param partition the message's partition, or -1
 * @param offset the message's offset, or -1
 * @param id the message's id, or -1
 * @param value the sample, state or total; for the end of an invocation the slot of its
 * beginning
 */
public record Event(String process, EventType type, long nanos, int cell, int partition, long offset, long id,
		long value) {
}
