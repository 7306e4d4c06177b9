package io.baseplate.kafka.consumer;

import java.util.Collection;
import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a telemetry throws away from the engine. The scopes of messages are guarded
 * where they are used, in {@link MessageProcessor}.
 */
final class SafeTelemetry implements ConsumerTelemetry {

	private static final Logger logger = LoggerFactory.getLogger(SafeTelemetry.class);

	private final String name;

	private final ConsumerTelemetry delegate;

	private SafeTelemetry(String name, ConsumerTelemetry delegate) {
		this.name = name;
		this.delegate = delegate;
	}

	static ConsumerTelemetry of(String name, ConsumerTelemetry delegate) {
		return (delegate == NOOP) ? NOOP : new SafeTelemetry(name, delegate);
	}

	@Override
	public MessageScope messageStarted(ConsumerRecord<byte[], byte[]> message) {
		return get(() -> this.delegate.messageStarted(message), MessageScope.NOOP);
	}

	@Override
	public Scope messageCommitStarted(Observation message) {
		Scope scope = get(() -> this.delegate.messageCommitStarted(message), Scope.NOOP);
		return (scope == Scope.NOOP) ? scope : (error) -> run(() -> scope.end(error));
	}

	@Override
	public void commitDone(long nanos, boolean success) {
		run(() -> this.delegate.commitDone(nanos, success));
	}

	@Override
	public ReadScope readStarted() {
		ReadScope scope = get(this.delegate::readStarted, ReadScope.NOOP);
		return (scope == ReadScope.NOOP) ? scope : new SafeReadScope(scope);
	}

	@Override
	public void assigned(Collection<TopicPartition> partitions) {
		run(() -> this.delegate.assigned(partitions));
	}

	@Override
	public void unassigned(Collection<TopicPartition> partitions) {
		run(() -> this.delegate.unassigned(partitions));
	}

	@Override
	public void opened(Consumer<byte[], byte[]> kafka, ConsumerGauges gauges) {
		run(() -> this.delegate.opened(kafka, gauges));
	}

	@Override
	public void disconnected() {
		run(this.delegate::disconnected);
	}

	@Override
	public void closed() {
		run(this.delegate::closed);
	}

	private <T> T get(Supplier<T> supplier, T fallback) {
		try {
			return supplier.get();
		}
		catch (RuntimeException ex) {
			warn(ex);
			return fallback;
		}
	}

	private void run(Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			warn(ex);
		}
	}

	private void warn(RuntimeException ex) {
		logger.warn("Telemetry of {} failed", this.name, ex);
	}

	private final class SafeReadScope implements ReadScope {

		private final ReadScope scope;

		private SafeReadScope(ReadScope scope) {
			this.scope = scope;
		}

		@Override
		public void read(int messages) {
			run(() -> this.scope.read(messages));
		}

		@Override
		public void end() {
			run(this.scope::end);
		}

	}

}
