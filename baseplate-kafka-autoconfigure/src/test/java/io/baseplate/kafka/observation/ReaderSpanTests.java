package io.baseplate.kafka.observation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.ReadScope;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The spans of the reader.
 */
class ReaderSpanTests {

	private static final AttributeKey<String> MESSAGES = AttributeKey.stringKey("kafka.messages");

	private final TestSpans spans = new TestSpans();

	private final AtomicLong nanos = new AtomicLong();

	@AfterEach
	void closeSpans() {
		this.spans.close();
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void aReadIsAPumpWithTwoParts(ObservationStyle style) {
		ReadScope read = this.spans.telemetry(style).readStarted();
		read.read(5);
		read.end();
		assertThat(this.spans.ended()).extracting(SpanData::getName)
			.containsExactly("kafka.consume", "kafka.work_queue_put", "kafka_consumer.links.pump");
		SpanData pump = this.spans.ended().get(2);
		assertThat(pump.getAttributes().get(MESSAGES)).isEqualTo("5");
		assertThat(this.spans.ended().subList(0, 2)).extracting(SpanData::getParentSpanId)
			.containsOnly(pump.getSpanId());
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void readsThatBringNothingAreTheBeginningOfTheNext(ObservationStyle style) {
		ConsumerTelemetry telemetry = this.spans.telemetry(style);
		for (int poll = 0; poll < 1000; poll++) {
			ReadScope idle = telemetry.readStarted();
			idle.read(0);
			idle.end();
		}
		assertThat(this.spans.ended()).isEmpty();
		ReadScope read = telemetry.readStarted();
		read.read(1);
		read.end();
		assertThat(this.spans.ended()).hasSize(3);
	}

	@Test
	void anIdleReaderMakesOneSpanAMinute() {
		PumpScope pump = new PumpScope(
				new ObservationSpans(this.spans.observations(), null, TestTelemetry.settings("links", "links")),
				this.nanos::get);
		for (int second = 0; second < 185; second++) {
			ReadScope idle = pump.started();
			this.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
			idle.read(0);
			idle.end();
		}
		assertThat(this.spans.ended()).filteredOn((span) -> span.getName().endsWith(".pump"))
			.hasSize(3)
			.allSatisfy((span) -> assertThat(span.getAttributes().get(MESSAGES)).isEqualTo("0"));
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void closingEndsWhatHasBegun(ObservationStyle style) {
		ConsumerTelemetry telemetry = this.spans.telemetry(style);
		telemetry.readStarted().read(0);
		telemetry.closed();
		assertThat(this.spans.ended()).extracting(SpanData::getName)
			.containsExactly("kafka.consume", "kafka_consumer.links.pump");
	}

}
