package io.baseplate.kafka.observation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.baseplate.kafka.consumer.ConsumerGauges;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Telemetry as the engine uses it.
 */
final class TestTelemetry {

	static final long NOW = 1_700_000_010_000L;

	private TestTelemetry() {
	}

	static ConsumerSettings settings(String groupName, String... topics) {
		return ConsumerSettings.inOrder("kafka_consumer." + groupName, "service." + groupName, List.of(topics)).build();
	}

	static ConsumerTelemetryFactory metersOnly(MeterRegistry meters) {
		return metersOnly(meters, (payload) -> null);
	}

	static ConsumerTelemetryFactory metersOnly(MeterRegistry meters, Function<Object, Number> timestamps) {
		return new ConsumerTelemetryFactory(ObservationRegistry.NOOP, meters, null, null, ObservationStyle.NONE, false,
				null, timestamps, Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));
	}

	static MockConsumer<byte[], byte[]> client() {
		return new MockConsumer<>("latest");
	}

	/**
	 * A client that never finds a broker, and is not asked to.
	 */
	static KafkaConsumer<byte[], byte[]> kafka() {
		return new KafkaConsumer<>(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:1",
				ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class,
				ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class));
	}

	static void open(ConsumerTelemetry telemetry) {
		telemetry.opened(client(), new TestGauges());
	}

	static void handle(ConsumerTelemetry telemetry, ConsumerRecord<byte[], byte[]> message) {
		handle(telemetry, message, Map.of());
	}

	static void handle(ConsumerTelemetry telemetry, ConsumerRecord<byte[], byte[]> message, Object payload) {
		MessageScope scope = telemetry.messageStarted(message);
		scope.unpacked(payload);
		scope.handled();
		scope.close();
	}

	static void fail(ConsumerTelemetry telemetry, ConsumerRecord<byte[], byte[]> message, Throwable cause) {
		MessageScope scope = telemetry.messageStarted(message);
		scope.unpacked(Map.of());
		scope.failed(cause);
		scope.close();
	}

	static void skip(ConsumerTelemetry telemetry, ConsumerRecord<byte[], byte[]> message, Throwable cause) {
		MessageScope scope = telemetry.messageStarted(message);
		scope.invalid(cause);
		scope.close();
	}

	/**
	 * Figures to be set.
	 */
	static final class TestGauges implements ConsumerGauges {

		int queueDepth;

		final Map<TopicPartition, Long> lags = new ConcurrentHashMap<>();

		final Map<TopicPartition, Long> lastHandled = new ConcurrentHashMap<>();

		@Override
		public int queueDepth() {
			return this.queueDepth;
		}

		@Override
		public long lag(TopicPartition partition) {
			return this.lags.getOrDefault(partition, -1L);
		}

		@Override
		public long lastHandledOffset(TopicPartition partition) {
			return this.lastHandled.getOrDefault(partition, -1L);
		}

	}

}
