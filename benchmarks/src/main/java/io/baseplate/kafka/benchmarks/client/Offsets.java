package io.baseplate.kafka.benchmarks.client;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

import io.baseplate.kafka.benchmarks.run.StackKind;
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
	 * What a group has committed; of a share group, which has no such offset, the end of
	 * the partition less what is not acknowledged: where it begins is only told with its
	 * next acknowledgement.
	 * @param groupId the group
	 * @param kind what kind of group it is
	 * @return offsets by partition, 0 where there is none
	 */
	long[] committed(String groupId, StackKind kind) throws ExecutionException, InterruptedException {
		return (kind == StackKind.SHARE_GROUP) ? shareGroup(groupId) : consumerGroup(groupId);
	}

	private long[] consumerGroup(String groupId) throws ExecutionException, InterruptedException {
		Map<TopicPartition, OffsetAndMetadata> offsets = this.admin.listConsumerGroupOffsets(groupId)
			.partitionsToOffsetAndMetadata()
			.get();
		return this.partitions.stream().mapToLong((partition) -> {
			OffsetAndMetadata offset = offsets.get(partition);
			return (offset != null) ? offset.offset() : 0;
		}).toArray();
	}

	private long[] shareGroup(String groupId) throws ExecutionException, InterruptedException {
		Map<TopicPartition, SharePartitionOffsetInfo> offsets = this.admin
			.listShareGroupOffsets(Map.of(groupId, new ListShareGroupOffsetsSpec().topicPartitions(this.partitions)))
			.partitionsToOffsetInfo(groupId)
			.get();
		long[] acknowledged = ends();
		for (TopicPartition partition : this.partitions) {
			SharePartitionOffsetInfo offset = offsets.get(partition);
			int index = partition.partition();
			acknowledged[index] -= (offset != null) ? offset.lag().orElse(acknowledged[index]) : acknowledged[index];
		}
		return acknowledged;
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
