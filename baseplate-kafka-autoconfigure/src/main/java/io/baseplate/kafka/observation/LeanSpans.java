package io.baseplate.kafka.observation;

import io.baseplate.kafka.consumer.ConsumerSettings;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Spans by Micrometer's tracer: {@link ObservationStyle#LEAN}. The same spans as those of
 * {@link ObservationSpans}; tags are made only where a span is recorded.
 */
final class LeanSpans implements Spans {

	private static final Propagator.Getter<ConsumerRecord<byte[], byte[]>> GETTER = new Propagator.Getter<>() {

		@Override
		public @Nullable String get(ConsumerRecord<byte[], byte[]> message, String name) {
			return MessageHeaders.get(message, name);
		}

		@Override
		public Iterable<String> getAll(ConsumerRecord<byte[], byte[]> message, String name) {
			return MessageHeaders.getAll(message, name);
		}

	};

	private final Tracer tracer;

	private final Propagator propagator;

	private final String consumerName;

	private final String handlerSpan;

	/**
	 * The span of the last message: the parent of its commit. There is one message at a
	 * time where there is a commit of one message, and the next begins after the commit.
	 */
	private volatile @Nullable Span last;

	LeanSpans(Tracer tracer, Propagator propagator, ConsumerSettings settings) {
		this.tracer = tracer;
		this.propagator = propagator;
		this.consumerName = settings.name();
		this.handlerSpan = KafkaConsumerObservation.HANDLER.spanName(settings.name());
	}

	@Override
	public MessageSpan messageStarted(ConsumerRecord<byte[], byte[]> message) {
		Span span = this.propagator.extract(message, GETTER).kind(Span.Kind.CONSUMER).name(this.handlerSpan).start();
		if (!span.isNoop()) {
			tag(span, MessageTags.lowCardinality(message.topic()));
			tag(span, MessageTags.highCardinality(message));
		}
		this.last = span;
		try {
			return new LeanSpan(span, this.tracer.withSpan(span));
		}
		catch (RuntimeException | Error ex) {
			span.end();
			throw ex;
		}
	}

	private static void tag(Span span, KeyValues tags) {
		for (KeyValue tag : tags) {
			span.tag(tag.getKey(), tag.getValue());
		}
	}

	@Override
	public Step messageCommitStarted(Observation message) {
		Span parent = this.last;
		return (parent != null) ? started(KafkaConsumerObservation.COMMIT, this.tracer.nextSpan(parent)) : Step.NONE;
	}

	@Override
	public Step pumpStarted() {
		return started(KafkaConsumerObservation.PUMP, this.tracer.nextSpan());
	}

	private Step started(KafkaConsumerObservation what, @Nullable Span span) {
		return (span != null) ? new LeanStep(span.name(what.spanName(this.consumerName)).start()) : Step.NONE;
	}

	private static final class LeanSpan implements MessageSpan {

		private final Span span;

		private final Tracer.SpanInScope scope;

		LeanSpan(Span span, Tracer.SpanInScope scope) {
			this.span = span;
			this.scope = scope;
		}

		@Override
		public void invalid(Throwable cause) {
			this.span.tag(KafkaConsumerObservation.HandlerHighCardinalityKey.INVALID_MESSAGE.asString(), "true")
				.error(new InvalidMessageException(cause));
		}

		@Override
		public void failed(Throwable cause) {
			this.span.error(cause);
		}

		@Override
		public void end() {
			try {
				this.scope.close();
			}
			finally {
				this.span.end();
			}
		}

	}

	private final class LeanStep implements Step {

		private final Span span;

		LeanStep(Span span) {
			this.span = span;
		}

		@Override
		public Step child(KafkaConsumerObservation what) {
			return started(what, LeanSpans.this.tracer.nextSpan(this.span));
		}

		@Override
		public void messages(int messages) {
			this.span.tag(KafkaConsumerObservation.PumpHighCardinalityKey.MESSAGES.asString(),
					Integer.toString(messages));
		}

		@Override
		public void end(@Nullable Throwable error) {
			if (error != null) {
				this.span.error(error);
			}
			this.span.end();
		}

	}

}
