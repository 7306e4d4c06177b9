package io.baseplate.kafka.chaos.process;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads partitions from their beginning to given positions with a consumer of no group.
 */
final class TopicReader {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final String bootstrapServers;

	TopicReader(String bootstrapServers) {
		this.bootstrapServers = bootstrapServers;
	}

	void read(Map<TopicPartition, Long> ends, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
		Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, this.bootstrapServers,
				ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed", ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000,
				ConsumerConfig.EXCLUDE_INTERNAL_TOPICS_CONFIG, false, ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
				false, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(),
				new ByteArrayDeserializer())) {
			consumer.assign(ends.keySet());
			consumer.seekToBeginning(ends.keySet());
			Waiting.until(() -> {
				consumer.poll(Duration.ofMillis(100)).forEach((record) -> {
					// What came later belongs to a later reading.
					if (record.offset() < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()),
							0L)) {
						reader.accept(record);
					}
				});
				return ends.entrySet().stream().allMatch((end) -> consumer.position(end.getKey()) >= end.getValue());
			}, TIMEOUT, () -> "not at the end of " + ends);
		}
	}

}
