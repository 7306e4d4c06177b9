package io.baseplate.kafka.observation;

import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * No spans: {@link ObservationStyle#NONE}, and {@link ObservationStyle#LEAN} without a
 * tracer.
 */
final class NoSpans implements Spans {

	@Override
	public MessageSpan messageStarted(ConsumerRecord<byte[], byte[]> message) {
		return MessageSpan.NONE;
	}

	@Override
	public Step messageCommitStarted(Observation message) {
		return Step.NONE;
	}

	@Override
	public Step pumpStarted() {
		return Step.NONE;
	}

}
