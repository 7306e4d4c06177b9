package io.baseplate.kafka.observation;

import java.util.Map;
import java.util.stream.Collectors;

import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names and tags of the observation of a message, and who may replace them.
 */
class MessageObservationConventionTests {

	private final TestSpans spans = new TestSpans();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@BeforeEach
	void makeMetersOfObservations() {
		this.spans.observations()
			.observationConfig()
			.observationHandler(new DefaultMeterObservationHandler(this.registry));
	}

	@AfterEach
	void closeSpans() {
		this.spans.close();
	}

	@Test
	void onlyLowCardinalityTagsMeters() {
		TestTelemetry.handle(this.spans.telemetry(ObservationStyle.OBSERVATION), TestMessages.message("new_links"));
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.containsExactlyInAnyOrder("baseplate.kafka.handler", "baseplate.kafka.handler.active");
		assertThat(this.registry.get("baseplate.kafka.handler").timer().getId().getTags()).containsExactlyInAnyOrder(
				Tag.of("error", "none"), Tag.of("kind", "consumer"), Tag.of("kafka.topic", "new_links"));
	}

	@Test
	void invalidAndFailedMessagesTagTheMeterTheSame() {
		ConsumerTelemetry telemetry = this.spans.telemetry(ObservationStyle.OBSERVATION);
		TestTelemetry.handle(telemetry, TestMessages.message("new_links"));
		TestTelemetry.skip(telemetry, TestMessages.message("new_links"), new IllegalArgumentException());
		TestTelemetry.fail(telemetry, TestMessages.message("new_links"), new IllegalStateException());
		assertThat(this.registry.find("baseplate.kafka.handler").timers())
			.extracting((timer) -> timer.getId().getTag("error"))
			.containsExactlyInAnyOrder("none", "InvalidMessageException", "IllegalStateException");
	}

	@Test
	void aConventionReplacesNamesAndTags() {
		TestTelemetry.handle(this.spans.telemetry(ObservationStyle.OBSERVATION, new MessageObservationConvention() {

			@Override
			public String getName() {
				return "my.messages";
			}

			@Override
			public String getContextualName(MessageObservationContext context) {
				return "handle for " + context.getGroupId();
			}

			@Override
			public KeyValues getLowCardinalityKeyValues(MessageObservationContext context) {
				return KeyValues.of("consumer", context.getConsumerName());
			}

		}), TestMessages.message("new_links"));
		assertThat(this.spans.only().getName()).isEqualTo("handle for service.links");
		assertThat(tags()).isEqualTo(Map.of("consumer", "kafka_consumer.links"));
		assertThat(this.registry.get("my.messages").timer().count()).isEqualTo(1);
	}

	@Test
	void openTelemetrysNamesShipReadyToUse() {
		TestTelemetry.handle(openTelemetry(), TestMessages.message("new_links"));
		SpanData span = this.spans.only();
		assertThat(span.getName()).isEqualTo("process new_links");
		assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(tags()).isEqualTo(Map.of("messaging.system", "kafka", "messaging.operation.name", "process",
				"messaging.operation.type", "process", "messaging.destination.name", "new_links",
				"messaging.destination.partition.id", "3", "messaging.consumer.group.name", "service.links",
				"messaging.kafka.offset", "42", "messaging.kafka.message.key", "key_1"));
		assertThat(this.registry.get("messaging.process.duration").timer().getId().getTags()).extracting(Tag::getKey)
			.containsExactlyInAnyOrder("error", "messaging.system", "messaging.operation.name",
					"messaging.operation.type", "messaging.destination.name", "messaging.consumer.group.name");
	}

	@Test
	void openTelemetrysNamesSayTombstoneAndError() {
		TestTelemetry.fail(openTelemetry(), TestMessages.tombstone("new_links"), new IllegalStateException());
		assertThat(tags()).containsEntry("messaging.kafka.message.tombstone", "true")
			.containsEntry("error.type", "java.lang.IllegalStateException")
			.doesNotContainKey("messaging.kafka.message.key");
	}

	private ConsumerTelemetry openTelemetry() {
		return this.spans.telemetry(ObservationStyle.OBSERVATION, new OpenTelemetryMessageObservationConvention());
	}

	private Map<String, String> tags() {
		return this.spans.only()
			.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.collect(Collectors.toMap((tag) -> tag.getKey().getKey(), (tag) -> tag.getValue().toString()));
	}

}
