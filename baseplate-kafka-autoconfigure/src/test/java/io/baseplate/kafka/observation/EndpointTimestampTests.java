package io.baseplate.kafka.observation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

class EndpointTimestampTests {

	private final EndpointTimestamp timestamp = new EndpointTimestamp((payload) -> null);

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final ConsumerTelemetryFactory factory = TestTelemetry.metersOnly(this.registry);

	@AfterEach
	void closeFactory() {
		this.factory.close();
	}

	@Test
	void isFoundInAMap() {
		assertThat(this.timestamp.millis(Map.of("endpoint_timestamp", 1000.5))).isEqualTo(1000.5);
		assertThat(this.timestamp.millis(Map.of("endpoint_timestamp", 1_700_000_000_000L)))
			.isEqualTo(1_700_000_000_000L);
	}

	@Test
	void isFoundInATreeByTheExtractor() {
		EndpointTimestamp timestamp = new EndpointTimestamp(
				(payload) -> (payload instanceof JsonNode node && node.path("endpoint_timestamp").isNumber())
						? node.path("endpoint_timestamp").numberValue() : null);
		assertThat(timestamp.millis(new ObjectMapper().createObjectNode().put("endpoint_timestamp", 1000)))
			.isEqualTo(1000);
		assertThat(timestamp.millis(new ObjectMapper().createObjectNode())).isZero();
	}

	@Test
	void isFoundInAPropertyOfThatName() {
		assertThat(this.timestamp.millis(new Literal(1000))).isEqualTo(1000);
		assertThat(this.timestamp.millis(new Annotated("url", 2000L))).isEqualTo(2000);
		AnnotatedField bean = new AnnotatedField();
		bean.made = 3000;
		assertThat(this.timestamp.millis(bean)).isEqualTo(3000);
		AnnotatedField inherited = new Inheriting();
		inherited.made = 4000;
		assertThat(this.timestamp.millis(inherited)).isEqualTo(4000);
	}

	@Test
	void isZeroWhereThereIsNone() {
		assertThat(this.timestamp.millis(Map.of())).isZero();
		assertThat(this.timestamp.millis(new TreeMap<>(Map.of(1, "one")))).isZero();
		assertThat(this.timestamp.millis(Map.of("endpoint_timestamp", "1000"))).isZero();
		assertThat(this.timestamp.millis(Map.of("endpoint_timestamp", -1000))).isZero();
		assertThat(this.timestamp.millis(Map.of("endpoint_timestamp", Double.NaN))).isZero();
		assertThat(this.timestamp.millis(Map.of("endpoint_timestamp", Double.POSITIVE_INFINITY))).isZero();
		Map<String, Object> nothing = new HashMap<>();
		nothing.put("endpoint_timestamp", null);
		assertThat(this.timestamp.millis(nothing)).isZero();
		assertThat(this.timestamp.millis("text")).isZero();
		assertThat(this.timestamp.millis(new byte[0])).isZero();
		assertThat(this.timestamp.millis(List.of())).isZero();
		assertThat(this.timestamp.millis(new Annotated("url", null))).isZero();
		assertThat(this.timestamp.millis(new Literal(0))).isZero();
		assertThat(this.timestamp.millis(new Other(1000))).isZero();
		assertThat(this.timestamp.millis(new Throwing())).isZero();
	}

	@Test
	void latencyIsRecordedOfHandledMessages() {
		ConsumerTelemetry telemetry = telemetry();
		TestTelemetry.handle(telemetry, TestMessages.message("links"),
				Map.of("endpoint_timestamp", TestTelemetry.NOW - 250.5));
		Timer latency = this.registry.get("baseplate.kafka.message.latency").timer();
		assertThat(latency.count()).isEqualTo(1);
		assertThat(latency.totalTime(MILLISECONDS)).isEqualTo(250.5);
	}

	@Test
	void latencyOfATimestampInTheFutureIsZero() {
		TestTelemetry.handle(telemetry(), TestMessages.message("links"),
				Map.of("endpoint_timestamp", TestTelemetry.NOW + 5000));
		Timer latency = this.registry.get("baseplate.kafka.message.latency").timer();
		assertThat(latency.count()).isEqualTo(1);
		assertThat(latency.totalTime(MILLISECONDS)).isZero();
	}

	@Test
	void withoutATimestampNothingIsRecorded() {
		TestTelemetry.handle(telemetry(), TestMessages.message("links"), Map.of("endpoint_timestamp", "soon"));
		assertThat(this.registry.find("baseplate.kafka.message.latency").timer()).isNull();
	}

	private ConsumerTelemetry telemetry() {
		ConsumerTelemetry telemetry = this.factory.apply(TestTelemetry.settings("links", "links"));
		TestTelemetry.open(telemetry);
		return telemetry;
	}

	record Literal(long endpoint_timestamp) {
	}

	record Annotated(String url, @JsonProperty("endpoint_timestamp") Long made) {
	}

	record Other(long timestamp) {
	}

	static class AnnotatedField {

		@JsonProperty("endpoint_timestamp")
		private long made;

	}

	static class Inheriting extends AnnotatedField {

	}

	static class Throwing {

		public long getEndpoint_timestamp() {
			throw new IllegalStateException();
		}

	}

}
