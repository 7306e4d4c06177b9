package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles many messages at once, in any order unless an
 * {@link io.baseplate.kafka.Ordering} is set: what the seed's {@code FastConsumerFactory}
 * builds. Commits periodically: with {@link io.baseplate.kafka.CommitStrategy#READ} all
 * that was read, with {@link io.baseplate.kafka.CommitStrategy#PROCESSED} up to the first
 * message not yet handled.
 */
public final class FastConsumer implements QueueConsumer {

	private final ConsumerEngine engine;

	/**
	 * Create a consumer that makes its Kafka clients itself. Nothing is checked or
	 * connected before {@link #start()}.
	 * @param settings the settings, of mode {@link ConsumerMode#FAST}
	 * @param kafka makes the Kafka client, anew for every start
	 * @param code the handler and what belongs to it
	 * @param runtime what is shared with the application
	 */
	public FastConsumer(ConsumerSettings settings, Supplier<Consumer<byte[], byte[]>> kafka, UserCode code,
			ConsumerRuntime runtime) {
		this.engine = new ConsumerEngine(this, ConsumerSettings.require(settings, ConsumerMode.FAST),
				KafkaConnection.made(kafka), code, runtime);
	}

	/**
	 * Create a consumer on a Kafka client that the user made and subscribed: the seed's
	 * constructor. Names are not checked. The engine subscribes anew to
	 * {@code consumer.subscription()} with a listener of its own, and closes the client
	 * when it stops: the consumer can be started once. The client must have been made
	 * with {@code enable.auto.commit=false}: this cannot be detected, and nothing that is
	 * promised about commits holds without it. Its {@code max.poll.records} should be the
	 * batch size of the settings, its {@code max.poll.interval.ms} and
	 * {@code session.timeout.ms} those of the settings.
	 * @param settings the settings, of mode {@link ConsumerMode#FAST}
	 * @param consumer the client, subscribed to topics; from now on the engine's alone
	 * @param code the handler and what belongs to it
	 * @param runtime what is shared with the application
	 * @throws IllegalArgumentException where the client has been assigned partitions by
	 * hand, or is not subscribed to topics
	 */
	public FastConsumer(ConsumerSettings settings, Consumer<byte[], byte[]> consumer, UserCode code,
			ConsumerRuntime runtime) {
		this.engine = new ConsumerEngine(this, ConsumerSettings.require(settings, ConsumerMode.FAST),
				KafkaConnection.given(consumer), code, runtime);
	}

	@Override
	public String name() {
		return this.engine.settings().name();
	}

	@Override
	public String groupId() {
		return this.engine.settings().groupId();
	}

	@Override
	public ConsumerMode mode() {
		return ConsumerMode.FAST;
	}

	@Override
	public List<String> topics() {
		return this.engine.settings().topics();
	}

	@Override
	public boolean isAutoStartup() {
		return this.engine.settings().autoStartup();
	}

	@Override
	public @Nullable ConsumerHealthCheck healthCheck() {
		return this.engine.healthCheck();
	}

	@Override
	public ConsumerStatus status() {
		return this.engine.status();
	}

	@Override
	public void start() {
		this.engine.start();
	}

	@Override
	public CompletableFuture<Void> startAsync() {
		return this.engine.startAsync();
	}

	@Override
	public void stop() {
		this.engine.stop();
	}

	@Override
	public CompletableFuture<Void> stopAsync() {
		return this.engine.stopAsync();
	}

	@Override
	public void pause() {
		this.engine.pause();
	}

	@Override
	public void resume() {
		this.engine.resume();
	}

}
