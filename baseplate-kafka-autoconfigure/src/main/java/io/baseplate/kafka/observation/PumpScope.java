package io.baseplate.kafka.observation;

import java.time.Duration;
import java.util.function.LongSupplier;

import io.baseplate.kafka.consumer.ConsumerTelemetry.ReadScope;
import io.baseplate.kafka.observation.Spans.Step;
import org.jspecify.annotations.Nullable;

/**
 * The spans of the reader. An idle reader polls without end, and a busy one polls a
 * thousand times a second while it may not take messages: so a poll that brings nothing
 * ends no span, and the span of the read that brings something began with the first poll
 * that brought nothing. After a minute without messages the span ends without them, so
 * that an idle reader makes one a minute. Reader thread only.
 */
final class PumpScope implements ReadScope {

	private static final long IDLE_NANOS = Duration.ofMinutes(1).toNanos();

	private final Spans spans;

	private final LongSupplier nanos;

	private @Nullable Step pump;

	private Step part = Step.NONE;

	private boolean consuming;

	private long since;

	PumpScope(Spans spans, LongSupplier nanos) {
		this.spans = spans;
		this.nanos = nanos;
	}

	ReadScope started() {
		if (this.pump == null) {
			this.since = this.nanos.getAsLong();
			this.pump = this.spans.pumpStarted();
			this.part = this.pump.child(KafkaConsumerObservation.CONSUME);
			this.consuming = true;
		}
		return this;
	}

	@Override
	public void read(int messages) {
		Step pump = this.pump;
		if (pump == null) {
			return;
		}
		if (messages > 0) {
			this.part.end(null);
			pump.messages(messages);
			this.part = pump.child(KafkaConsumerObservation.WORK_QUEUE_PUT);
			this.consuming = false;
		}
		else if (this.nanos.getAsLong() - this.since >= IDLE_NANOS) {
			pump.messages(0);
			close();
		}
	}

	@Override
	public void end() {
		if (!this.consuming) {
			close();
		}
	}

	/**
	 * End what has begun.
	 */
	void close() {
		Step pump = this.pump;
		if (pump != null) {
			this.pump = null;
			this.part.end(null);
			pump.end(null);
		}
	}

}
