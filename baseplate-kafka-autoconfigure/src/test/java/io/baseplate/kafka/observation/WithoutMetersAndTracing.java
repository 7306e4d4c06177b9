package io.baseplate.kafka.observation;

import java.time.Clock;
import java.util.List;
import java.util.function.Function;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;

/**
 * Observes a message of the consumer of a name, and returns the span's name. Runs where
 * neither Micrometer's core nor its tracing can be loaded.
 */
class WithoutMetersAndTracing implements Function<String, Object> {

	@Override
	public Object apply(String consumerName) {
		StringBuilder ended = new StringBuilder();
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				ended.append(context.getContextualName());
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		for (ObservationStyle style : ObservationStyle.values()) {
			try (ConsumerTelemetryFactory factory = new ConsumerTelemetryFactory(observations, null, null, null, style,
					false, null, (payload) -> null, Clock.systemUTC())) {
				observe(factory
					.apply(ConsumerSettings.inOrder(consumerName, "service.links", List.of("links")).build()));
			}
		}
		return ended.toString();
	}

	private void observe(ConsumerTelemetry telemetry) {
		telemetry.opened(new MockConsumer<>("latest"), new TestTelemetry.TestGauges());
		MessageScope scope = telemetry
			.messageStarted(new ConsumerRecord<>("links", 0, 0, new byte[] { 'k' }, new byte[0]));
		scope.unpacked(List.of());
		scope.handled();
		scope.close();
		telemetry.messageCommitStarted(scope.observation());
		telemetry.commitDone(1, true);
		telemetry.closed();
	}

}
