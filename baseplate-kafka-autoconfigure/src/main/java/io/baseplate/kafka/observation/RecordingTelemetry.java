package io.baseplate.kafka.observation;

import java.time.Clock;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.consumer.ConsumerGauges;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.observation.Spans.MessageSpan;
import io.baseplate.kafka.observation.Spans.Step;
import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The telemetry of one consumer: spans of the chosen style, and meters while a connection
 * is open.
 */
final class RecordingTelemetry implements ConsumerTelemetry {

	private static final Logger logger = LoggerFactory.getLogger(RecordingTelemetry.class);

	private final ConsumerSettings settings;

	private final Spans spans;

	private final @Nullable PumpScope pump;

	private final ConnectionMeters.@Nullable Source source;

	private final EndpointTimestamp timestamp;

	private final Clock clock;

	private volatile @Nullable ConnectionMeters meters;

	RecordingTelemetry(ConsumerSettings settings, Spans spans, boolean reader, ConnectionMeters.@Nullable Source source,
			EndpointTimestamp timestamp, Clock clock) {
		this.settings = settings;
		this.spans = spans;
		this.pump = reader ? new PumpScope(spans, System::nanoTime) : null;
		this.source = source;
		this.timestamp = timestamp;
		this.clock = clock;
	}

	@Override
	public MessageScope messageStarted(ConsumerRecord<byte[], byte[]> message) {
		ConnectionMeters connection = this.meters;
		ConsumerMeters meters = (connection != null) ? connection.consumer() : null;
		ConsumerMeters.TopicMeters topic = (meters != null) ? meters.topic(message.topic()) : null;
		if (meters == null || topic == null) {
			MessageSpan span = start(message);
			return (span != MessageSpan.NONE) ? new SpanScope(span) : MessageScope.NOOP;
		}
		long started = meters.nanos();
		topic.started();
		return new MeteredScope(start(message), meters, topic, started);
	}

	/**
	 * A handler of observations that throws costs the span, not the figures.
	 */
	private MessageSpan start(ConsumerRecord<byte[], byte[]> message) {
		try {
			return this.spans.messageStarted(message);
		}
		catch (RuntimeException ex) {
			logger.warn("No span for {}/{} offset {} of {}", message.topic(), message.partition(), message.offset(),
					this.settings.name(), ex);
			return MessageSpan.NONE;
		}
	}

	@Override
	public Scope messageCommitStarted(Observation message) {
		Step commit = this.spans.messageCommitStarted(message);
		return (commit != Step.NONE) ? commit::end : Scope.NOOP;
	}

	@Override
	public void commitDone(long nanos, boolean success) {
		ConnectionMeters connection = this.meters;
		if (connection != null) {
			connection.consumer().commitDone(nanos, success);
		}
	}

	@Override
	public ReadScope readStarted() {
		return (this.pump != null) ? this.pump.started() : ReadScope.NOOP;
	}

	@Override
	public void assigned(Collection<TopicPartition> partitions) {
		ConnectionMeters connection = this.meters;
		if (connection != null) {
			connection.consumer().assigned(partitions);
		}
	}

	@Override
	public void unassigned(Collection<TopicPartition> partitions) {
		ConnectionMeters connection = this.meters;
		if (connection != null) {
			connection.consumer().unassigned(partitions);
		}
	}

	/**
	 * The new meters share with those of the connection before, where that ended with a
	 * failure: so counters go on.
	 */
	@Override
	public void opened(Consumer<byte[], byte[]> kafka, ConsumerGauges gauges) {
		if (this.source != null) {
			ConnectionMeters former = this.meters;
			ConnectionMeters meters = ConnectionMeters.open(this.source, this.settings, kafka, gauges);
			if (former != null) {
				meters.continueFrom(former);
			}
			this.meters = meters;
		}
	}

	@Override
	public void disconnected() {
		ConnectionMeters connection = this.meters;
		if (this.pump != null) {
			this.pump.close();
		}
		if (connection != null) {
			connection.disconnect();
		}
	}

	@Override
	public void closed() {
		ConnectionMeters connection = this.meters;
		this.meters = null;
		if (this.pump != null) {
			this.pump.close();
		}
		if (connection != null) {
			connection.close();
		}
	}

	/**
	 * A message with a span, and without meters.
	 */
	private static class SpanScope implements MessageScope {

		final MessageSpan span;

		SpanScope(MessageSpan span) {
			this.span = span;
		}

		@Override
		public Observation observation() {
			return this.span.observation();
		}

		@Override
		public void invalid(Throwable cause) {
			this.span.invalid(cause);
		}

		@Override
		public void failed(Throwable cause) {
			this.span.failed(cause);
		}

		@Override
		public void close() {
			this.span.end();
		}

	}

	/**
	 * A message with a span and meters.
	 */
	private final class MeteredScope extends SpanScope {

		private static final long NO_LATENCY = Long.MIN_VALUE;

		private final ConsumerMeters meters;

		private final ConsumerMeters.TopicMeters topic;

		private final long started;

		private long latency = NO_LATENCY;

		private boolean success;

		MeteredScope(MessageSpan span, ConsumerMeters meters, ConsumerMeters.TopicMeters topic, long started) {
			super(span);
			this.meters = meters;
			this.topic = topic;
			this.started = started;
		}

		@Override
		public void unpacked(@Nullable Object payload) {
			if (payload != null) {
				double made = RecordingTelemetry.this.timestamp.millis(payload);
				if (made > 0) {
					double millis = RecordingTelemetry.this.clock.millis() - made;
					this.latency = (long) (millis * TimeUnit.MILLISECONDS.toNanos(1));
				}
			}
		}

		@Override
		public void handled() {
			this.success = true;
			if (this.latency != NO_LATENCY) {
				this.meters.latency(this.latency);
			}
		}

		@Override
		public void invalid(Throwable cause) {
			this.meters.invalid();
			super.invalid(cause);
		}

		/**
		 * The figures come first: the span is still in scope, and can be their exemplar.
		 */
		@Override
		public void close() {
			try {
				this.topic.ended(this.success, this.meters.nanos() - this.started);
			}
			finally {
				super.close();
			}
		}

	}

}
