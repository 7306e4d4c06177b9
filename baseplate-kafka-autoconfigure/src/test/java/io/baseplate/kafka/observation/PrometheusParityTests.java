package io.baseplate.kafka.observation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.baseplate.kafka.observation.TestTelemetry.TestGauges;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Prometheus scrapes, compared as text with what baseplate.py exposes.
 */
class PrometheusParityTests {

	private final MockClock clock = new MockClock();

	private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT,
			new PrometheusRegistry(), this.clock)
		.throwExceptionOnRegistrationFailure();

	private final ConsumerTelemetryFactory factory = TestTelemetry.metersOnly(this.registry);

	@AfterEach
	void closeFactory() {
		this.factory.close();
	}

	@Test
	void namesLabelsAndBucketsAreThoseOfBaseplatePy() {
		ConsumerTelemetry telemetry = open("");
		handle(telemetry, Duration.ofMillis(3));
		handle(telemetry, Duration.ofSeconds(40));
		assertThat(scrape("kafka_consumer_")).isEqualTo(
				"""
						# HELP kafka_consumer_active_messages gauge that reflects the number of messages currently being processed
						# TYPE kafka_consumer_active_messages gauge
						kafka_consumer_active_messages{kafka_client_name="",kafka_topic="new_links"} 0.0
						# HELP kafka_consumer_message_processing_time_seconds latency histogram of how long it takes to process a message
						# TYPE kafka_consumer_message_processing_time_seconds histogram
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="1.0E-4"} 0
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="5.0E-4"} 0
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.001"} 0
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.0025"} 0
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.005"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.01"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.025"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.05"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.1"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.25"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="0.5"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="1.0"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="5.0"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="15.0"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="30.0"} 1
						kafka_consumer_message_processing_time_seconds_bucket{kafka_client_name="",kafka_success="true",kafka_topic="new_links",le="+Inf"} 2
						kafka_consumer_message_processing_time_seconds_count{kafka_client_name="",kafka_success="true",kafka_topic="new_links"} 2
						kafka_consumer_message_processing_time_seconds_sum{kafka_client_name="",kafka_success="true",kafka_topic="new_links"} 40.003
						# HELP kafka_consumer_message_processing_time_seconds_max latency histogram of how long it takes to process a message
						# TYPE kafka_consumer_message_processing_time_seconds_max gauge
						kafka_consumer_message_processing_time_seconds_max{kafka_client_name="",kafka_success="true",kafka_topic="new_links"} 40.0
						# HELP kafka_consumer_messages_processed_total total count of messages processed by this host
						# TYPE kafka_consumer_messages_processed_total counter
						kafka_consumer_messages_processed_total{kafka_client_name="",kafka_success="true",kafka_topic="new_links"} 2.0
						""");
	}

	@Test
	void theClientNameIsALabel() {
		handle(open("billing"), Duration.ofMillis(1));
		assertThat(samples("kafka_consumer_messages_processed_total")).containsExactly(
				"kafka_consumer_messages_processed_total{kafka_client_name=\"billing\",kafka_success=\"true\",kafka_topic=\"new_links\"} 1.0");
	}

	@Test
	void failedAndInvalidMessagesAreNoSuccess() {
		ConsumerTelemetry telemetry = open("");
		TestTelemetry.fail(telemetry, TestMessages.message("new_links"), new IllegalStateException());
		TestTelemetry.skip(telemetry, TestMessages.message("new_links"), new IllegalArgumentException());
		assertThat(samples("kafka_consumer_messages_processed_total")).containsExactly(
				"kafka_consumer_messages_processed_total{kafka_client_name=\"\",kafka_success=\"false\",kafka_topic=\"new_links\"} 2.0");
		assertThat(samples("kafka_consumer_message_processing_time_seconds_count")).containsExactly(
				"kafka_consumer_message_processing_time_seconds_count{kafka_client_name=\"\",kafka_success=\"false\",kafka_topic=\"new_links\"} 2");
	}

	@Test
	void aMessageIsActiveWhileItsHandlerRuns() {
		ConsumerTelemetry telemetry = open("");
		MessageScope scope = telemetry.messageStarted(TestMessages.message("new_links"));
		assertThat(samples("kafka_consumer_active_messages"))
			.containsExactly("kafka_consumer_active_messages{kafka_client_name=\"\",kafka_topic=\"new_links\"} 1.0");
		scope.handled();
		scope.close();
		assertThat(samples("kafka_consumer_active_messages"))
			.containsExactly("kafka_consumer_active_messages{kafka_client_name=\"\",kafka_topic=\"new_links\"} 0.0");
	}

	@Test
	void theOtherMetersCarryTheConsumersName() {
		TopicPartition partition = new TopicPartition("new_links", 3);
		TestGauges gauges = new TestGauges();
		gauges.queueDepth = 7;
		gauges.lags.put(partition, 12L);
		gauges.lastHandled.put(partition, 41L);
		ConsumerTelemetry telemetry = this.factory.apply(TestTelemetry.settings("links", "new_links"));
		telemetry.opened(TestTelemetry.client(), gauges);
		telemetry.assigned(Set.of(partition));
		telemetry.commitDone(Duration.ofMillis(20).toNanos(), true);
		telemetry.commitDone(Duration.ofMillis(30).toNanos(), false);
		TestTelemetry.skip(telemetry, TestMessages.message("new_links"), new IllegalArgumentException());
		TestTelemetry.handle(telemetry, TestMessages.message("new_links"),
				Map.of("endpoint_timestamp", TestTelemetry.NOW - 1500));
		assertThat(scrape("baseplate_kafka_").lines().filter((line) -> !line.startsWith("#"))).containsExactly(
				"baseplate_kafka_commit_failures_total{consumer=\"kafka_consumer.links\"} 1.0",
				"baseplate_kafka_commit_time_seconds_count{consumer=\"kafka_consumer.links\"} 2",
				"baseplate_kafka_commit_time_seconds_sum{consumer=\"kafka_consumer.links\"} 0.05",
				"baseplate_kafka_commit_time_seconds_max{consumer=\"kafka_consumer.links\"} 0.03",
				"baseplate_kafka_commits_total{consumer=\"kafka_consumer.links\"} 1.0",
				"baseplate_kafka_invalid_messages_total{consumer=\"kafka_consumer.links\"} 1.0",
				"baseplate_kafka_lag{consumer=\"kafka_consumer.links\",partition=\"3\",topic=\"new_links\"} 12.0",
				"baseplate_kafka_last_handled_offset{consumer=\"kafka_consumer.links\",partition=\"3\",topic=\"new_links\"} 41.0",
				"baseplate_kafka_message_latency_seconds_count{consumer=\"kafka_consumer.links\"} 1",
				"baseplate_kafka_message_latency_seconds_sum{consumer=\"kafka_consumer.links\"} 1.5",
				"baseplate_kafka_message_latency_seconds_max{consumer=\"kafka_consumer.links\"} 1.5",
				"baseplate_kafka_queue_depth{consumer=\"kafka_consumer.links\"} 7.0",
				"baseplate_kafka_rebalances_total{consumer=\"kafka_consumer.links\"} 1.0");
	}

	@Test
	void theMetricsOfTheKafkaClientAreScrapedBesides() {
		ConsumerTelemetry telemetry = this.factory.apply(TestTelemetry.settings("links", "new_links"));
		try (KafkaConsumer<byte[], byte[]> kafka = TestTelemetry.kafka()) {
			telemetry.opened(kafka, new TestGauges());
			TestTelemetry.handle(telemetry, TestMessages.message("new_links"));
			assertThat(scrape("kafka_consumer_connection_count{")).contains("consumer=\"kafka_consumer.links\"");
			assertThat(samples("kafka_consumer_messages_processed_total")).hasSize(1);
			telemetry.closed();
		}
		assertThat(this.registry.scrape()).isBlank();
	}

	@Test
	void whatIsNotKnownIsNotANumber() {
		ConsumerTelemetry telemetry = open("");
		telemetry.assigned(Set.of(new TopicPartition("new_links", 3)));
		assertThat(samples("baseplate_kafka_lag")).containsExactly(
				"baseplate_kafka_lag{consumer=\"kafka_consumer.links\",partition=\"3\",topic=\"new_links\"} NaN");
	}

	private ConsumerTelemetry open(String clientName) {
		ConsumerTelemetry telemetry = this.factory
			.apply(ConsumerSettings.inOrder("kafka_consumer.links", "service.links", List.of("new_links"))
				.clientName(clientName)
				.build());
		TestTelemetry.open(telemetry);
		return telemetry;
	}

	private void handle(ConsumerTelemetry telemetry, Duration duration) {
		MessageScope scope = telemetry.messageStarted(TestMessages.message("new_links"));
		this.clock.add(duration);
		scope.handled();
		scope.close();
	}

	private String scrape(String prefix) {
		return this.registry.scrape()
			.lines()
			.filter((line) -> line.startsWith(prefix) || line.startsWith("# HELP " + prefix)
					|| line.startsWith("# TYPE " + prefix))
			.collect(Collectors.joining("\n", "", "\n"));
	}

	private List<String> samples(String name) {
		return this.registry.scrape().lines().filter((line) -> line.startsWith(name + "{")).toList();
	}

}
