package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where {@code auto.offset.reset=by_duration} begins when nothing in a partition is young
 * enough: at its end. The client has no position then, and asks again only after
 * {@code request.timeout.ms}. Reader thread.
 */
final class DurationReset {

	private static final Logger logger = LoggerFactory.getLogger(DurationReset.class);

	/**
	 * How long all of it may take, and how long one call. Never zero: a call without time
	 * answers as if nothing were there.
	 */
	private static final Duration ALL = Duration.ofSeconds(1);

	private static final Duration CALL = Duration.ofMillis(500);

	private final Duration duration;

	private final Consumer<byte[], byte[]> kafka;

	private final Ticker ticker;

	DurationReset(Duration duration, Consumer<byte[], byte[]> kafka, Ticker ticker) {
		this.duration = duration;
		this.kafka = kafka;
		this.ticker = ticker;
	}

	/**
	 * Find out where partitions begin.
	 * @param partitions partitions without a committed offset
	 * @return where, of those whose leaders said so
	 */
	Map<TopicPartition, OffsetAndMetadata> resolve(Collection<TopicPartition> partitions) {
		long until = this.ticker.nanos() + ALL.toNanos();
		Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
		// Each leader for itself: one that is away would keep the answers of all.
		for (List<TopicPartition> led : byLeader(new HashSet<>(partitions)).values()) {
			if (this.ticker.nanos() - until >= 0) {
				break;
			}
			try {
				starts.putAll(ask(led));
			}
			catch (RetriableException ex) {
				logger.debug("Where to begin {} is not known yet", led, ex);
			}
		}
		return starts;
	}

	private Map<Integer, List<TopicPartition>> byLeader(Set<TopicPartition> partitions) {
		Map<Integer, List<TopicPartition>> byLeader = new HashMap<>();
		for (String topic : partitions.stream().map(TopicPartition::topic).distinct().toList()) {
			for (PartitionInfo info : infos(topic)) {
				TopicPartition partition = new TopicPartition(topic, info.partition());
				Node leader = info.leader();
				if (leader != null && !leader.isEmpty() && partitions.contains(partition)) {
					byLeader.computeIfAbsent(leader.id(), (id) -> new ArrayList<>()).add(partition);
				}
			}
		}
		return byLeader;
	}

	private List<PartitionInfo> infos(String topic) {
		try {
			return this.kafka.partitionsFor(topic, CALL);
		}
		catch (RetriableException ex) {
			logger.debug("The leaders of {} are not known", topic, ex);
			return List.of();
		}
	}

	/**
	 * The ends come first: a message that is written between the two questions is then
	 * found by the second, or lies behind the end.
	 */
	private Map<TopicPartition, OffsetAndMetadata> ask(List<TopicPartition> partitions) {
		long from = Math.max(0, Instant.now().minus(this.duration).toEpochMilli());
		Map<TopicPartition, Long> ends = this.kafka.endOffsets(partitions, CALL);
		Map<TopicPartition, Long> times = new HashMap<>();
		ends.keySet().forEach((partition) -> times.put(partition, from));
		Map<TopicPartition, OffsetAndTimestamp> young = this.kafka.offsetsForTimes(times, CALL);
		Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
		ends.forEach((partition, end) -> {
			OffsetAndTimestamp first = young.get(partition);
			starts.put(partition, (first != null) ? new OffsetAndMetadata(first.offset(), first.leaderEpoch(), "")
					: new OffsetAndMetadata(end));
		});
		return starts;
	}

}
