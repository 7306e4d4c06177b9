package io.baseplate.kafka.chaos.process;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;

/**
 * All commits of some groups, as the brokers wrote them down in
 * {@code __consumer_offsets}: what they acknowledged, and what they could not say that
 * they had done. All commits of one group lie in one partition, so their order is that in
 * which they took effect.
 */
public final class CommitLog {

	private final Map<String, List<Commit>> commits = new HashMap<>();

	CommitLog(Collection<String> groups) {
		groups.forEach((group) -> this.commits.put(group, new ArrayList<>()));
	}

	/**
	 * The commits of one group.
	 * @param group one of the groups asked for
	 * @return its commits in their order
	 */
	public List<Commit> of(String group) {
		List<Commit> found = this.commits.get(group);
		if (found == null) {
			throw new IllegalArgumentException("Commits of " + group + " were not asked for");
		}
		return List.copyOf(found);
	}

	void add(ConsumerRecord<byte[], byte[]> record) {
		ByteBuffer key = ByteBuffer.wrap(record.key());
		short type = key.getShort();
		if (type != CoordinatorRecordType.OFFSET_COMMIT.id()
				&& type != CoordinatorRecordType.LEGACY_OFFSET_COMMIT.id()) {
			return;
		}
		OffsetCommitKey subject = new OffsetCommitKey(new ByteBufferAccessor(key), (short) 0);
		List<Commit> group = this.commits.get(subject.group());
		if (group != null) {
			group.add(commit(record, subject));
		}
	}

	private static Commit commit(ConsumerRecord<byte[], byte[]> record, OffsetCommitKey subject) {
		if (record.value() == null) {
			return new Commit(subject.topic(), subject.partition(), Commit.REMOVED, record.timestamp(),
					record.offset());
		}
		ByteBuffer value = ByteBuffer.wrap(record.value());
		short version = value.getShort();
		OffsetCommitValue commit = new OffsetCommitValue(new ByteBufferAccessor(value), version);
		return new Commit(subject.topic(), subject.partition(), commit.offset(), commit.commitTimestamp(),
				record.offset());
	}

	/**
	 * One commit of one partition.
	 *
	 * @param topic the topic
	 * @param partition the partition
	 * @param offset the committed offset, or {@link #REMOVED}
	 * @param wallMillis the brokers' {@link System#currentTimeMillis()} at the commit
	 * @param order where it lies in the offsets topic: higher is later
	 */
	public record Commit(String topic, int partition, long offset, long wallMillis, long order) {

		/**
		 * In place of an offset: the commit was removed, with its topic or group.
		 */
		public static final long REMOVED = -1;

	}

}
