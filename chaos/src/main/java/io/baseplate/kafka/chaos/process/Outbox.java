package io.baseplate.kafka.chaos.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a load knows of its messages. The callbacks of the producer and the load's thread
 * fill it.
 */
final class Outbox {

	private final SortedMap<Integer, SortedMap<Long, Long>> acknowledged = new TreeMap<>();

	private final Set<Long> aborted = new TreeSet<>();

	private final Set<Long> unknown = new TreeSet<>();

	/**
	 * Written, in a transaction that is not over.
	 */
	private final List<Written> pending = new ArrayList<>();

	private long count;

	synchronized void written(int partition, long offset, long id, boolean transactional) {
		Written message = new Written(partition, offset, id);
		if (transactional) {
			this.pending.add(message);
		}
		else {
			acknowledge(message);
		}
	}

	synchronized void committed(long firstId, long endId) {
		this.pending.forEach(this::acknowledge);
		this.pending.clear();
	}

	private void acknowledge(Written message) {
		this.acknowledged.computeIfAbsent(message.partition, (partition) -> new TreeMap<>())
			.put(message.offset, message.id);
		this.count++;
	}

	synchronized void aborted(long firstId, long endId) {
		add(this.aborted, firstId, endId);
	}

	synchronized void unknown(long firstId, long endId) {
		add(this.unknown, firstId, endId);
	}

	private void add(Set<Long> ids, long firstId, long endId) {
		for (long id = firstId; id < endId; id++) {
			ids.add(id);
		}
		this.pending.clear();
	}

	synchronized long acknowledged() {
		return this.count;
	}

	synchronized Sent sent() {
		return new Sent(this.count + this.aborted.size() + this.unknown.size(), this.acknowledged, this.aborted,
				this.unknown);
	}

	private record Written(int partition, long offset, long id) {
	}

}
