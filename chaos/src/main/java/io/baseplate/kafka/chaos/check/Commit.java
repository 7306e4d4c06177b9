package io.baseplate.kafka.chaos.check;

/**
 * A commit of one partition, as the log of commits has it.
 *
 * @param partition the partition
 * @param offset the committed offset, {@link #DELETED} where the commit was deleted
 * @param wallMillis when the broker took it, milliseconds since 1970
 * @param orderInLog where it is in the log: a higher number was committed later
 */
public record Commit(int partition, long offset, long wallMillis, long orderInLog) {

	/**
	 * The offset of a commit that was deleted, as Kafka does with those of a topic that
	 * is deleted: a tombstone in the log.
	 */
	public static final long DELETED = -1;

}
