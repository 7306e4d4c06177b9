package io.baseplate.kafka.observation;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Spans by Micrometer's Observation API: {@link ObservationStyle#OBSERVATION}.
 */
final class ObservationSpans implements Spans {

	private final ObservationRegistry registry;

	private final @Nullable MessageObservationConvention convention;

	private final String consumerName;

	private final String groupId;

	private final String handlerSpan;

	ObservationSpans(ObservationRegistry registry, @Nullable MessageObservationConvention convention,
			ConsumerSettings settings) {
		this.registry = registry;
		this.convention = convention;
		this.consumerName = settings.name();
		this.groupId = settings.groupId();
		this.handlerSpan = KafkaConsumerObservation.HANDLER.spanName(settings.name());
	}

	@Override
	public MessageSpan messageStarted(ConsumerRecord<byte[], byte[]> message) {
		if (this.registry.isNoop()) {
			return MessageSpan.NONE;
		}
		Observation observation = Observation.createNotStarted(this.convention,
				DefaultMessageObservationConvention.INSTANCE, () -> context(message), this.registry);
		if (observation.isNoop()) {
			return MessageSpan.NONE;
		}
		observation.start();
		try {
			return new ObservedSpan(observation, observation.openScope());
		}
		catch (RuntimeException | Error ex) {
			abandon(observation);
			throw ex;
		}
	}

	/**
	 * A handler of observations has thrown when it was told of the scope, which is the
	 * thread's by then and would be the parent of whatever comes next.
	 */
	private void abandon(Observation observation) {
		try {
			Observation.Scope scope = this.registry.getCurrentObservationScope();
			if (scope != null && scope.getCurrentObservation() == observation) {
				scope.close();
			}
		}
		finally {
			observation.stop();
		}
	}

	private MessageObservationContext context(ConsumerRecord<byte[], byte[]> message) {
		MessageObservationContext context = new MessageObservationContext(this.consumerName, this.groupId, message);
		context.setContextualName(this.handlerSpan);
		return context;
	}

	@Override
	public Step messageCommitStarted(Observation message) {
		return message.isNoop() ? Step.NONE : started(KafkaConsumerObservation.COMMIT, message);
	}

	@Override
	public Step pumpStarted() {
		return started(KafkaConsumerObservation.PUMP, null);
	}

	private Step started(KafkaConsumerObservation what, @Nullable Observation parent) {
		Observation observation = Observation.createNotStarted(what.observationName(), this.registry);
		if (observation.isNoop()) {
			return Step.NONE;
		}
		observation.contextualName(what.spanName(this.consumerName)).parentObservation(parent).start();
		return new ObservedStep(observation);
	}

	private static final class ObservedSpan implements MessageSpan {

		private final Observation observation;

		private final Observation.Scope scope;

		ObservedSpan(Observation observation, Observation.Scope scope) {
			this.observation = observation;
			this.scope = scope;
		}

		@Override
		public Observation observation() {
			return this.observation;
		}

		@Override
		public void invalid(Throwable cause) {
			this.observation
				.highCardinalityKeyValue(
						KafkaConsumerObservation.HandlerHighCardinalityKey.INVALID_MESSAGE.withValue("true"))
				.error(new InvalidMessageException(cause));
		}

		@Override
		public void failed(Throwable cause) {
			this.observation.error(cause);
		}

		@Override
		public void end() {
			try {
				this.scope.close();
			}
			finally {
				this.observation.stop();
			}
		}

	}

	private final class ObservedStep implements Step {

		private final Observation observation;

		ObservedStep(Observation observation) {
			this.observation = observation;
		}

		@Override
		public Step child(KafkaConsumerObservation what) {
			return started(what, this.observation);
		}

		@Override
		public void messages(int messages) {
			this.observation.highCardinalityKeyValue(
					KafkaConsumerObservation.PumpHighCardinalityKey.MESSAGES.withValue(Integer.toString(messages)));
		}

		@Override
		public void end(@Nullable Throwable error) {
			if (error != null) {
				this.observation.error(error);
			}
			this.observation.stop();
		}

	}

}
