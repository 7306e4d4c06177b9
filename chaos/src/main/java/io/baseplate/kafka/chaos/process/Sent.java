package io.baseplate.kafka.chaos.process;

import java.util.Set;
import java.util.SortedMap;

/**
 * What became of the messages of a load. Each id is in exactly one of
 * {@code acknowledged}, {@code aborted} and {@code unknown}.
 *
 * @param count how many messages were sent
 * @param acknowledged what the brokers have promised to keep: for each partition, ids by
 * offset
 * @param aborted ids of messages in aborted transactions, which nobody may handle
 * @param unknown ids of messages of which the brokers did not say whether they have them
 */
public record Sent(long count, SortedMap<Integer, SortedMap<Long, Long>> acknowledged, Set<Long> aborted,
		Set<Long> unknown) {
}
