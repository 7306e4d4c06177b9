package io.baseplate.kafka.benchmarks.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.baseplate.kafka.benchmarks.run.StackKind;
import io.confluent.parallelconsumer.offsets.OffsetDecodingError;
import io.confluent.parallelconsumer.offsets.OffsetMapCodecManager;
import io.confluent.parallelconsumer.offsets.OffsetMapCodecManager.HighestOffsetAndIncompletes;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/**
 * What the broker knows: where partitions end and what groups have committed.
 */
final class Offsets implements AutoCloseable {

	private final Admin admin;

	private final List<TopicPartition> partitions = new ArrayList<>();

	Offsets(String bootstrapServers, String topic) {
		Properties settings = new Properties();
		settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
		this.admin = Admin.create(settings);
		for (int partition = 0; partition < Messages.PARTITIONS; partition++) {
			this.partitions.add(new TopicPartition(topic, partition));
		}
	}

	/**
	 * Where the partitions end.
	 * @return offsets by partition
	 */
	long[] ends() throws ExecutionException, InterruptedException {
		ListOffsetsResult ends = this.admin.listOffsets(this.partitions.stream()
			.collect(Collectors.toMap((partition) -> partition, (partition) -> OffsetSpec.latest())));
		long[] offsets = new long[this.partitions.size()];
		for (TopicPartition partition : this.partitions) {
			offsets[partition.partition()] = ends.partitionResult(partition).get().offset();
		}
		return offsets;
	}

	/**
	 * What a group has committed.
	 * @param groupId the group
	 * @param kind what kind of group it is
	 * @return what is committed by partition
	 */
	List<Committed> committed(String groupId, StackKind kind) throws ExecutionException, InterruptedException {
		return switch (kind) {
			case SHARE_GROUP -> acknowledged(groupId);
			case PARALLEL_CONSUMER -> committed(groupId, Offsets::withMetadata);
			case RAW, IN_ORDER, FAST, SPRING_KAFKA -> committed(groupId, (offset) -> Committed.before(offset.offset()));
		};
	}

	private List<Committed> committed(String groupId, Function<OffsetAndMetadata, Committed> meaning)
			throws ExecutionException, InterruptedException {
		Map<TopicPartition, OffsetAndMetadata> offsets = this.admin.listConsumerGroupOffsets(groupId)
			.partitionsToOffsetAndMetadata()
			.get();
		return this.partitions.stream().map((partition) -> {
			OffsetAndMetadata offset = offsets.get(partition);
			return (offset != null) ? meaning.apply(offset) : Committed.before(0);
		}).toList();
	}

	/**
	 * The Parallel Consumer writes into the metadata what is done behind the offset.
	 */
	private static Committed withMetadata(OffsetAndMetadata offset) {
		if (offset.metadata().isEmpty()) {
			return Committed.before(offset.offset());
		}
		try {
			HighestOffsetAndIncompletes done = OffsetMapCodecManager
				.deserialiseIncompleteOffsetMapFromBase64(offset.offset(), offset.metadata());
			return new Committed(offset.offset(), done.getHighestSeenOffset().orElse(-1L),
					Set.copyOf(done.getIncompleteOffsets()));
		}
		catch (OffsetDecodingError ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A share group has no committed offset. Where it begins is told only with its next
	 * acknowledgement; so this is the end of the partition less what is not acknowledged.
	 */
	private List<Committed> acknowledged(String groupId) throws ExecutionException, InterruptedException {
		Map<TopicPartition, SharePartitionOffsetInfo> offsets = this.admin
			.listShareGroupOffsets(Map.of(groupId, new ListShareGroupOffsetsSpec().topicPartitions(this.partitions)))
			.partitionsToOffsetInfo(groupId)
			.get();
		long[] ends = ends();
		return this.partitions.stream().map((partition) -> {
			SharePartitionOffsetInfo offset = offsets.get(partition);
			long end = ends[partition.partition()];
			return Committed.before(end - ((offset != null) ? offset.lag().orElse(end) : end));
		}).toList();
	}

	/**
	 * Share groups begin where the group's own settings say.
	 * @param groupId the group
	 */
	void beginAtEarliest(String groupId) throws ExecutionException, InterruptedException {
		Collection<AlterConfigOp> earliest = List
			.of(new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET));
		this.admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, groupId), earliest))
			.all()
			.get();
	}

	@Override
	public void close() {
		this.admin.close();
	}

}
