package io.baseplate.kafka.consumer;

import java.util.concurrent.CompletableFuture;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.QueueConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Placeholder until the engine is merged.
 */
final class ConsumerEngine {

	private final ConsumerSettings settings;

	private final UserCode code;

	ConsumerEngine(QueueConsumer owner, ConsumerSettings settings, KafkaConnection kafka, UserCode code,
			ConsumerRuntime runtime) {
		this.settings = settings;
		this.code = code;
	}

	ConsumerSettings settings() {
		return this.settings;
	}

	@Nullable ConsumerHealthCheck healthCheck() {
		return this.code.healthCheck();
	}

	ConsumerStatus status() {
		throw new UnsupportedOperationException();
	}

	void start() {
	}

	CompletableFuture<Void> startAsync() {
		return CompletableFuture.completedFuture(null);
	}

	void stop() {
	}

	CompletableFuture<Void> stopAsync() {
		return CompletableFuture.completedFuture(null);
	}

	void pause() {
	}

	void resume() {
	}

}
