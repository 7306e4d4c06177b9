package io.baseplate.kafka.chaos.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * What a row asks of the cluster, and has it do. Partitions are given by number. Every
 * method is bounded in time; what changes something returns once the change can be seen.
 */
public final class ClusterAdmin implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final String bootstrapServers;

	private final int nodes;

	private final Admin admin;

	ClusterAdmin(String bootstrapServers, int nodes) {
		this.bootstrapServers = bootstrapServers;
		this.nodes = nodes;
		this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
				AdminClientConfig.CLIENT_ID_CONFIG, "harness", AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, 200,
				AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1000, AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
				10_000, AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis()));
	}

	/**
	 * Create a topic, replicated as far as there are brokers, and at most three times.
	 * @param topic the topic
	 * @param partitions how many
	 */
	public void createTopic(String topic, int partitions) {
		createTopic(topic, partitions, Math.min(this.nodes, 3), Map.of());
	}

	/**
	 * Create a topic.
	 * @param topic the topic
	 * @param partitions how many
	 * @param replicas how often it is replicated
	 * @param settings settings of the topic
	 */
	public void createTopic(String topic, int partitions, int replicas, Map<String, String> settings) {
		NewTopic wanted = new NewTopic(topic, partitions, (short) replicas).configs(settings);
		get(this.admin.createTopics(List.of(wanted)).all());
		await(() -> hasLeaders(topic, partitions), "leaders of " + topic);
	}

	/**
	 * Add partitions.
	 * @param topic the topic
	 * @param total how many there shall be in all
	 */
	public void addPartitions(String topic, int total) {
		get(this.admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all());
		await(() -> hasLeaders(topic, total), total + " leaders of " + topic);
	}

	/**
	 * Change settings.
	 * @param resource of what
	 * @param changes the changes
	 */
	public void configure(ConfigResource resource, Collection<AlterConfigOp> changes) {
		get(this.admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
	}

	/**
	 * Delete the oldest messages, as retention does.
	 * @param topic the topic
	 * @param until the first offsets that stay, by partition
	 */
	public void deleteRecords(String topic, Map<Integer, Long> until) {
		Map<TopicPartition, RecordsToDelete> wanted = new HashMap<>();
		until.forEach((partition, offset) -> wanted.put(new TopicPartition(topic, partition),
				RecordsToDelete.beforeOffset(offset)));
		get(this.admin.deleteRecords(wanted).all());
	}

	/**
	 * Delete a topic.
	 * @param topic the topic
	 */
	public void deleteTopic(String topic) {
		get(this.admin.deleteTopics(List.of(topic)).all());
		await(() -> describe(topic).isEmpty(), "the end of " + topic);
	}

	/**
	 * What a group has committed.
	 * @param group the group
	 * @param topic the topic
	 * @return offsets by partition; nothing for a group that does not exist
	 */
	public SortedMap<Integer, Long> committed(String group, String topic) {
		Map<TopicPartition, @Nullable OffsetAndMetadata> offsets = find(
				this.admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
				GroupIdNotFoundException.class)
			.orElse(Map.of());
		SortedMap<Integer, Long> committed = new TreeMap<>();
		offsets.forEach((partition, offset) -> {
			if (offset != null && partition.topic().equals(topic)) {
				committed.put(partition.partition(), offset.offset());
			}
		});
		return committed;
	}

	/**
	 * Where each partition ends for those who read only what is committed: the position
	 * of a consumer that has read everything.
	 * @param topic the topic
	 * @return offsets by partition
	 */
	public SortedMap<Integer, Long> endOffsets(String topic) {
		return offsets(topic, OffsetSpec.latest());
	}

	/**
	 * Where each partition begins.
	 * @param topic the topic
	 * @return offsets by partition
	 */
	public SortedMap<Integer, Long> beginningOffsets(String topic) {
		return offsets(topic, OffsetSpec.earliest());
	}

	private SortedMap<Integer, Long> offsets(String topic, OffsetSpec spec) {
		Map<TopicPartition, OffsetSpec> wanted = IntStream.range(0, partitions(topic))
			.boxed()
			.collect(Collectors.toMap((partition) -> new TopicPartition(topic, partition), (partition) -> spec));
		Map<TopicPartition, ListOffsetsResultInfo> found = get(
				this.admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all());
		SortedMap<Integer, Long> offsets = new TreeMap<>();
		found.forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
		return offsets;
	}

	/**
	 * How many partitions a topic has.
	 * @param topic the topic
	 * @return the number, 0 where it does not exist
	 */
	public int partitions(String topic) {
		return describe(topic).map((description) -> description.partitions().size()).orElse(0);
	}

	/**
	 * The leaders of a topic.
	 * @param topic the topic
	 * @return broker ids by partition, without partitions that have no leader now
	 */
	public SortedMap<Integer, Integer> leaders(String topic) {
		return leaders(partitionInfos(topic));
	}

	private static SortedMap<Integer, Integer> leaders(List<TopicPartitionInfo> partitions) {
		SortedMap<Integer, Integer> leaders = new TreeMap<>();
		for (TopicPartitionInfo partition : partitions) {
			Node leader = partition.leader();
			if (leader != null && !leader.isEmpty()) {
				leaders.put(partition.partition(), leader.id());
			}
		}
		return leaders;
	}

	/**
	 * Make a broker the leader of a partition, and a replica of it where it is none.
	 * @param topic the topic
	 * @param partition the partition
	 * @param broker the broker's id
	 */
	public void moveLeader(String topic, int partition, int broker) {
		TopicPartition moved = new TopicPartition(topic, partition);
		List<Integer> replicas = partitionInfos(topic).get(partition).replicas().stream().map(Node::id).toList();
		List<Integer> wanted = new ArrayList<>(replicas);
		if (!wanted.remove((Integer) broker)) {
			wanted.remove(wanted.size() - 1);
		}
		wanted.add(0, broker);
		get(this.admin.alterPartitionReassignments(Map.of(moved, Optional.of(new NewPartitionReassignment(wanted))))
			.all());
		await(() -> replicas(moved).equals(wanted) && isInSync(moved, broker), "replicas " + wanted + " of " + moved);
		await(() -> {
			find(this.admin.electLeaders(ElectionType.PREFERRED, Set.of(moved)).all(),
					ElectionNotNeededException.class);
			return Integer.valueOf(broker).equals(leaders(topic).get(partition));
		}, "broker " + broker + " to lead " + moved);
	}

	private List<Integer> replicas(TopicPartition partition) {
		return partitionInfos(partition.topic()).get(partition.partition()).replicas().stream().map(Node::id).toList();
	}

	private boolean isInSync(TopicPartition partition, int broker) {
		return partitionInfos(partition.topic()).get(partition.partition())
			.isr()
			.stream()
			.anyMatch((node) -> node.id() == broker);
	}

	/**
	 * Wait until every replica of a topic, or of the brokers' own topics, is in sync:
	 * from then on another broker may go.
	 * @param topic the topic
	 */
	public void awaitInSync(String topic) {
		await(() -> partitionInfos(topic).stream()
			.allMatch((partition) -> partition.isr().size() == partition.replicas().size()),
				"all replicas of " + topic + " to be in sync");
	}

	/**
	 * The broker that coordinates a group, whether the group exists or not.
	 * @param group the group
	 * @return the broker's id
	 */
	public int coordinator(String group) {
		Integer leader = leaders(Topic.GROUP_METADATA_TOPIC_NAME).get(offsetsPartition(group));
		if (leader == null) {
			throw new IllegalStateException("Group " + group + " has no coordinator now");
		}
		return leader;
	}

	/**
	 * Make a broker the coordinator of a group, and of all groups that share its
	 * partition of the offsets topic.
	 * @param group the group
	 * @param broker the broker's id
	 */
	public void moveCoordinator(String group, int broker) {
		moveLeader(Topic.GROUP_METADATA_TOPIC_NAME, offsetsPartition(group), broker);
	}

	/**
	 * In which partition of the offsets topic a group keeps its commits.
	 * @param group the group
	 * @return the partition
	 */
	public int offsetsPartition(String group) {
		return Utils.abs(group.hashCode()) % partitions(Topic.GROUP_METADATA_TOPIC_NAME);
	}

	/**
	 * The members of a group.
	 * @param group the group
	 * @return how many, 0 for a group that does not exist
	 */
	public int members(String group) {
		return describeGroup(group).map((description) -> description.members().size()).orElse(0);
	}

	/**
	 * Wait until each of these groups has so many members and all of them know their
	 * partitions.
	 * @param groups the groups
	 * @param members how many each shall have
	 * @param timeout how long that may take
	 */
	public void awaitStable(Collection<String> groups, int members, Duration timeout) {
		List<String> waiting = new ArrayList<>(groups);
		Waiting.until(() -> {
			waiting.removeIf((group) -> isStable(group, members));
			return waiting.isEmpty();
		}, timeout, () -> waiting + " had not settled with " + members + " members: "
				+ waiting.stream().map(this::unsettled).toList());
	}

	private String unsettled(String group) {
		try {
			return describeGroup(group)
				.map((found) -> found.groupState() + " epoch " + found.groupEpoch() + ": "
						+ found.members()
							.stream()
							.map((member) -> member.clientId() + " epoch " + member.memberEpoch() + " has "
									+ member.assignment().topicPartitions() + " of "
									+ member.targetAssignment().map((target) -> target.topicPartitions()))
							.toList())
				.orElse("none");
		}
		catch (RetriableException ex) {
			return ex.toString();
		}
	}

	private boolean isStable(String group, int members) {
		try {
			Optional<ConsumerGroupDescription> description = describeGroup(group);
			return (members == 0) ? description.map((found) -> found.members().isEmpty()).orElse(true)
					: description
						.filter((found) -> found.groupState() == GroupState.STABLE && found.members().size() == members)
						.isPresent();
		}
		catch (RetriableException ex) {
			return false;
		}
	}

	private Optional<ConsumerGroupDescription> describeGroup(String group) {
		return find(this.admin.describeConsumerGroups(List.of(group)).describedGroups().get(group),
				GroupIdNotFoundException.class);
	}

	/**
	 * All that a topic holds, as one sees it who reads only what is committed: the truth
	 * that handlers are held against.
	 * @param topic the topic
	 * @return the messages of each partition, by offset
	 */
	public SortedMap<Integer, List<StoredMessage>> messages(String topic) {
		SortedMap<Integer, List<StoredMessage>> messages = new TreeMap<>();
		endOffsets(topic).keySet().forEach((partition) -> messages.put(partition, new ArrayList<>()));
		new TopicReader(this.bootstrapServers).read(endPositions(topic), (record) -> {
			List<StoredMessage> partition = messages.get(record.partition());
			if (partition != null) {
				partition.add(StoredMessage.of(record));
			}
		});
		return messages;
	}

	/**
	 * All commits of some groups that the brokers have.
	 * @param groups the groups
	 * @return the commits of each group in their order
	 */
	public CommitLog commits(Collection<String> groups) {
		Map<TopicPartition, Long> ends = endPositions(Topic.GROUP_METADATA_TOPIC_NAME);
		Set<Integer> wanted = groups.stream().map(this::offsetsPartition).collect(Collectors.toSet());
		ends.keySet().removeIf((partition) -> !wanted.contains(partition.partition()));
		CommitLog log = new CommitLog(groups);
		new TopicReader(this.bootstrapServers).read(ends, log::add);
		return log;
	}

	private Map<TopicPartition, Long> endPositions(String topic) {
		Map<TopicPartition, Long> ends = new HashMap<>();
		endOffsets(topic).forEach((partition, end) -> ends.put(new TopicPartition(topic, partition), end));
		return ends;
	}

	/**
	 * Wait until so many brokers take part.
	 * @param count how many
	 */
	public void awaitBrokers(int count) {
		await(() -> get(this.admin.describeCluster().nodes()).size() == count, count + " brokers");
	}

	/**
	 * The brokers create their offsets topic when they are first asked for a group.
	 */
	void createOffsetsTopic() {
		await(() -> committed("nobody", "nothing").isEmpty()
				&& hasLeaders(Topic.GROUP_METADATA_TOPIC_NAME, partitions(Topic.GROUP_METADATA_TOPIC_NAME)),
				"leaders of the offsets topic");
	}

	/**
	 * The client, for what is not here.
	 * @return the client
	 */
	public Admin client() {
		return this.admin;
	}

	private List<TopicPartitionInfo> partitionInfos(String topic) {
		return describe(topic).map(TopicDescription::partitions)
			.orElseThrow(() -> new IllegalStateException("There is no topic " + topic));
	}

	private Optional<TopicDescription> describe(String topic) {
		return find(this.admin.describeTopics(List.of(topic)).topicNameValues().get(topic),
				UnknownTopicOrPartitionException.class);
	}

	/**
	 * A broker may not know yet of a topic that the controller has created.
	 */
	private boolean hasLeaders(String topic, int partitions) {
		return describe(topic)
			.filter((description) -> partitions > 0 && leaders(description.partitions()).size() == partitions)
			.isPresent();
	}

	private static void await(BooleanSupplier condition, String what) {
		Waiting.until(() -> {
			try {
				return condition.getAsBoolean();
			}
			catch (RetriableException ex) {
				// Leaders and controllers come and go in these tests.
				return false;
			}
		}, TIMEOUT, () -> "no sign of " + what);
	}

	private static <T> T get(KafkaFuture<T> future) {
		try {
			return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof ApiException cause) ? cause : new IllegalStateException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The cluster did not answer within " + TIMEOUT, ex);
		}
	}

	/**
	 * The answer, unless it is that what was asked for does not exist, or need not be.
	 */
	private static <T> Optional<T> find(@Nullable KafkaFuture<T> future, Class<? extends ApiException> none) {
		if (future == null) {
			return Optional.empty();
		}
		try {
			return Optional.ofNullable(get(future));
		}
		catch (ApiException ex) {
			if (none.isInstance(ex)) {
				return Optional.empty();
			}
			throw ex;
		}
	}

	@Override
	public void close() {
		this.admin.close(Duration.ofSeconds(1));
	}

}
