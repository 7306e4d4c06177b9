package io.baseplate.kafka.broker;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises about handlers that return a {@code CompletionStage}, on a real broker.
 */
class AsyncHandlerTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String group = this.cluster.newGroup();

	/**
	 * What was begun, by offset.
	 */
	private final Map<Long, CompletableFuture<Void>> begun = new ConcurrentHashMap<>();

	private final MessageHandler<Object> handler = MessageHandler.async((context, data, message) -> this.begun
		.computeIfAbsent(message.offset(), (offset) -> new CompletableFuture<>()));

	@AfterEach
	void stop() {
		this.begun.values().forEach((stage) -> stage.complete(null));
		this.consumers.close();
	}

	@Test
	void aMessageIsInFlightUntilItsStageHasCompletedAndMaxConcurrencyBoundsHowMany() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 6);
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.PROCESSED)
					.maxConcurrency(4)
					.batchSize(10)
					.commitInterval(Duration.ofMillis(50)),
				this.handler);
		consumer.start();
		Awaitility.await().until(() -> this.begun.size() == 4);
		complete(1);
		Awaitility.await().until(() -> this.begun.size() == 5);
		Awaitility.await()
			.during(Duration.ofMillis(300))
			.until(() -> consumer.status().inFlight() == 4 && this.begun.size() == 5);
		assertThat(this.cluster.committed(this.group, 0)).isZero();
		complete(0);
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 2);
		Awaitility.await().until(() -> this.begun.size() == 6);
		for (int i = 2; i < 6; i++) {
			complete(i);
		}
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 6);
		assertThat(consumer.status().totals().handled()).isEqualTo(6);
	}

	@Test
	void inOrderTheNextMessageBeginsWhenTheStageHasCompletedAndWasCommitted() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 3);
		QueueConsumer consumer = this.consumers.inOrder(this.group, topic, Map.of(), (settings) -> settings,
				this.handler);
		consumer.start();
		for (int i = 0; i < 3; i++) {
			int number = i;
			Awaitility.await().until(() -> this.begun.size() == number + 1);
			assertThat(this.cluster.committed(this.group, 0)).isEqualTo(number);
			complete(number);
		}
		Awaitility.await().until(() -> this.cluster.committed(this.group, 0) == 3);
	}

	@Test
	void withAnOrderTheNextMessageOfAKeyBeginsWhenTheStageHasCompleted() {
		String topic = this.cluster.newTopic(1);
		for (String key : new String[] { "a", "b", "a" }) {
			this.cluster.producer().send(new ProducerRecord<>(topic, 0, key.getBytes(), key.getBytes()));
		}
		this.cluster.producer().flush();
		this.consumers
			.fast(this.group, topic, Map.of(), (settings) -> settings.ordering(Ordering.KEY).batchSize(10),
					this.handler)
			.start();
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> this.begun.size() == 2);
		assertThat(this.begun).containsOnlyKeys(0L, 1L);
		complete(1);
		complete(0);
		Awaitility.await().until(() -> this.begun.size() == 3);
	}

	@Test
	void aStageThatFailsLeavesItsMessageUncommittedAndFailsTheConsumer() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 4);
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.PROCESSED).maxConcurrency(2), this.handler);
		consumer.start();
		Awaitility.await().until(() -> this.begun.size() == 2);
		complete(0);
		Awaitility.await().until(() -> this.begun.size() == 3);
		stage(1).completeExceptionally(new IOException("broken"));
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.STOPPING);
		complete(2);
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(this.begun).hasSize(3);
		assertThat(consumer.status().lastError()).satisfies((failure) -> {
			assertThat(Objects.requireNonNull(failure).cause()).isInstanceOf(IOException.class).hasMessage("broken");
			assertThat(failure.offset()).isEqualTo(1);
		});
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(1);
	}

	@Test
	void aStopWaitsForStagesAndCancelsThoseForWhichItHasNoMoreTime() {
		String topic = this.cluster.newTopic(1);
		this.cluster.sendNumbers(topic, 1, 2);
		QueueConsumer consumer = this.consumers.fast(this.group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.PROCESSED).stopTimeout(Duration.ofSeconds(2)),
				this.handler);
		consumer.start();
		Awaitility.await().until(() -> this.begun.size() == 2);
		CompletableFuture<Void> stopped = consumer.stopAsync();
		assertThat(stage(0)).isNotDone();
		complete(0);
		stopped.join();
		assertThat(stage(1)).isCancelled();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		assertThat(consumer.status().totals().uncommitted()).isEqualTo(1);
		assertThat(this.cluster.committed(this.group, 0)).isEqualTo(1);
	}

	private void complete(long offset) {
		stage(offset).complete(null);
	}

	private CompletableFuture<Void> stage(long offset) {
		return Objects.requireNonNull(this.begun.get(offset));
	}

}
