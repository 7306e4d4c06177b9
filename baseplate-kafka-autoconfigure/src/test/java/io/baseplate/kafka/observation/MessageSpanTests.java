package io.baseplate.kafka.observation;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The span of a message, which is the same whichever style makes it.
 */
class MessageSpanTests {

	private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

	private static final String PARENT_ID = "b7ad6b7169203331";

	private final TestSpans spans = new TestSpans();

	@AfterEach
	void closeSpans() {
		this.spans.close();
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void hasNameKindAndTagsOfBaseplatePy(ObservationStyle style) {
		TestTelemetry.handle(this.spans.telemetry(style), TestMessages.message("new_links"));
		SpanData span = this.spans.only();
		assertThat(span.getName()).isEqualTo("kafka_consumer.links.handler");
		assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
		assertThat(tags(span)).isEqualTo(Map.of("kind", "consumer", "kafka.topic", "new_links", "kafka.key", "key_1",
				"kafka.partition", "3", "kafka.offset", "42", "kafka.timestamp", "1700000000123"));
		assertThat(span.getStatus().getStatusCode()).isNotEqualTo(StatusCode.ERROR);
	}

	@Test
	void endsWhereItsScopeCannotBeOpenedAndIsNobodysParent() {
		AtomicBoolean broken = new AtomicBoolean(true);
		this.spans.observations().observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onScopeOpened(Observation.Context context) {
				if (broken.getAndSet(false)) {
					throw new IllegalStateException("broken");
				}
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		ConsumerTelemetry telemetry = this.spans.telemetry(ObservationStyle.OBSERVATION);
		TestTelemetry.handle(telemetry, TestMessages.message("new_links"));
		assertThat(this.spans.ended()).hasSize(1);
		assertThat(this.spans.observations().getCurrentObservationScope()).isNull();
		assertThat(this.spans.tracer().currentSpan()).isNull();
		TestTelemetry.handle(telemetry, TestMessages.message("new_links"));
		assertThat(this.spans.ended()).hasSize(2);
	}

	@Test
	void ofTheLeanStyleEndsWhereItCannotBeMadeTheCurrentOne() {
		Tracer tracer = (Tracer) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Tracer.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("withSpan")) {
						throw new IllegalStateException("broken");
					}
					return method.invoke(this.spans.tracer(), arguments);
				});
		LeanSpans spans = new LeanSpans(tracer, this.spans.propagator(), TestTelemetry.settings("links", "new_links"));
		assertThatIllegalStateException().isThrownBy(() -> spans.messageStarted(TestMessages.message("new_links")))
			.withMessage("broken");
		assertThat(this.spans.ended()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void continuesTheTraceOfTheProducer(ObservationStyle style) {
		TestTelemetry.handle(this.spans.telemetry(style), traced("01"));
		assertThat(this.spans.only().getTraceId()).isEqualTo(TRACE_ID);
		assertThat(this.spans.only().getParentSpanId()).isEqualTo(PARENT_ID);
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void beginsATraceWhereTheHeaderIsNullOrNonsense(ObservationStyle style) {
		ConsumerTelemetry telemetry = this.spans.telemetry(style);
		TestTelemetry.handle(telemetry,
				TestMessages.message("new_links", 0, 1, null, new RecordHeaders().add("traceparent", null)));
		TestTelemetry.handle(telemetry, TestMessages.message("new_links", 0, 2, null,
				new RecordHeaders().add("traceparent", new byte[] { (byte) 0xff, 0 })));
		assertThat(this.spans.ended()).hasSize(2)
			.allSatisfy((span) -> assertThat(span.getParentSpanId()).isEqualTo(SpanId.getInvalid()));
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void isNotRecordedWhereTheProducerDidNotSample(ObservationStyle style) {
		try (TestSpans spans = new TestSpans(Sampler.parentBased(Sampler.alwaysOn()))) {
			TestTelemetry.handle(spans.telemetry(style), traced("00"));
			assertThat(spans.ended()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void showsAKeyThatIsNotUtf8InHexAndNoKeyNotAtAll(ObservationStyle style) {
		ConsumerTelemetry telemetry = this.spans.telemetry(style);
		TestTelemetry.handle(telemetry,
				TestMessages.message("new_links", 0, 0, new byte[] { (byte) 0xca, (byte) 0xfe }, new RecordHeaders()));
		TestTelemetry.handle(telemetry, TestMessages.tombstone("new_links"));
		assertThat(tags(this.spans.ended().get(0))).containsEntry("kafka.key", "cafe");
		assertThat(tags(this.spans.ended().get(1))).doesNotContainKey("kafka.key");
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void isInScopeWhileTheHandlerRuns(ObservationStyle style) {
		MessageScope scope = this.spans.telemetry(style).messageStarted(traced("01"));
		Span current = this.spans.tracer().currentSpan();
		assertThat(current).isNotNull();
		assertThat(current.context().traceId()).isEqualTo(TRACE_ID);
		scope.handled();
		scope.close();
		assertThat(this.spans.tracer().currentSpan()).isNull();
		assertThat(this.spans.only().getSpanId()).isEqualTo(current.context().spanId());
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void recordsTheRealExceptionOfAHandler(ObservationStyle style) {
		TestTelemetry.fail(this.spans.telemetry(style), TestMessages.message("new_links"),
				new IllegalStateException("no such link"));
		SpanData span = this.spans.only();
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getStatus().getDescription()).isEqualTo("no such link");
		assertThat(exceptions(span)).containsExactly(IllegalStateException.class.getName());
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void marksAnInvalidMessageWithoutItsBody(ObservationStyle style) {
		TestTelemetry.skip(this.spans.telemetry(style), TestMessages.message("new_links"), new IllegalArgumentException(
				"Unexpected character in 'my secret body'", new NumberFormatException("secret")));
		SpanData span = this.spans.only();
		assertThat(tags(span)).containsEntry("kafka.invalid_message", "true");
		assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
		assertThat(span.getStatus().getDescription()).contains(IllegalArgumentException.class.getName(),
				NumberFormatException.class.getName());
		assertThat(span.toString()).doesNotContain("secret");
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void hasTheCommitOfItsMessageAsChild(ObservationStyle style) {
		ConsumerTelemetry telemetry = this.spans.telemetry(style);
		MessageScope message = telemetry.messageStarted(traced("01"));
		message.handled();
		message.close();
		telemetry.messageCommitStarted(message.observation()).end(null);
		assertThat(this.spans.ended()).extracting(SpanData::getName)
			.containsExactly("kafka_consumer.links.handler", "kafka.commit");
		SpanData commit = this.spans.ended().get(1);
		assertThat(commit.getTraceId()).isEqualTo(TRACE_ID);
		assertThat(commit.getParentSpanId()).isEqualTo(this.spans.ended().get(0).getSpanId());
		assertThat(tags(commit)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
	void keepsTheErrorOfAFailedCommitToTheCommit(ObservationStyle style) {
		ConsumerTelemetry telemetry = this.spans.telemetry(style);
		MessageScope message = telemetry.messageStarted(traced("01"));
		message.handled();
		message.close();
		telemetry.messageCommitStarted(message.observation()).end(new IllegalStateException("fenced"));
		assertThat(this.spans.ended()).extracting((span) -> span.getStatus().getStatusCode() == StatusCode.ERROR)
			.containsExactly(false, true);
	}

	@Test
	void theHandlerMayTagItsObservation() {
		MessageScope scope = this.spans.telemetry(ObservationStyle.OBSERVATION)
			.messageStarted(TestMessages.message("new_links"));
		scope.observation().highCardinalityKeyValue("link.id", "7");
		scope.handled();
		scope.close();
		assertThat(tags(this.spans.only())).containsEntry("link.id", "7");
	}

	@Test
	void theObservationOfLeanIsNoop() {
		MessageScope scope = this.spans.telemetry(ObservationStyle.LEAN)
			.messageStarted(TestMessages.message("new_links"));
		assertThat(scope.observation()).isSameAs(Observation.NOOP);
		scope.close();
	}

	@Test
	void thereIsNoneInStyleNone() {
		ConsumerTelemetry telemetry = this.spans.telemetry(ObservationStyle.NONE);
		MessageScope scope = telemetry.messageStarted(TestMessages.message("new_links"));
		assertThat(scope.observation()).isSameAs(Observation.NOOP);
		scope.handled();
		scope.close();
		telemetry.messageCommitStarted(scope.observation()).end(null);
		telemetry.readStarted().read(1);
		assertThat(this.spans.ended()).isEmpty();
	}

	@Test
	void aPredicateOfTheApplicationMaySwitchItOff() {
		this.spans.observations()
			.observationConfig()
			.observationPredicate((name, context) -> !(context instanceof MessageObservationContext));
		ConsumerTelemetry telemetry = this.spans.telemetry(ObservationStyle.OBSERVATION);
		MessageScope scope = telemetry.messageStarted(TestMessages.message("new_links"));
		scope.handled();
		scope.close();
		telemetry.messageCommitStarted(scope.observation()).end(null);
		assertThat(this.spans.ended()).isEmpty();
	}

	private static ConsumerRecord<byte[], byte[]> traced(String flags) {
		return TestMessages.message("new_links", 3, 42, null, new RecordHeaders().add("traceparent",
				TestMessages.bytes("00-" + TRACE_ID + "-" + PARENT_ID + "-" + flags)));
	}

	private static Map<String, String> tags(SpanData span) {
		return span.getAttributes()
			.asMap()
			.entrySet()
			.stream()
			.collect(Collectors.toMap((tag) -> tag.getKey().getKey(), (tag) -> tag.getValue().toString()));
	}

	private static List<String> exceptions(SpanData span) {
		return span.getEvents()
			.stream()
			.map(EventData::getAttributes)
			.map((Attributes attributes) -> attributes.get(AttributeKey.stringKey("exception.type")))
			.toList();
	}

}
