package io.baseplate.kafka.consumer;

import org.apache.kafka.common.TopicPartition;

/**
 * Figures of a running consumer, cheap enough for every scrape: no locks, no broker I/O.
 * May be asked on any thread.
 */
public interface ConsumerGauges {

	/**
	 * Messages read and not yet handed over.
	 * @return the depth of the work queue
	 */
	int queueDepth();

	/**
	 * Messages between the committed offset and the end of the partition as last fetched.
	 * @param partition an assigned partition
	 * @return the lag, -1 where it is not known
	 */
	long lag(TopicPartition partition);

	/**
	 * The highest offset handled.
	 * @param partition an assigned partition
	 * @return the offset, -1 where it is not known
	 */
	long lastHandledOffset(TopicPartition partition);

}
