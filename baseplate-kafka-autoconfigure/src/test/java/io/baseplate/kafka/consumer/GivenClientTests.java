package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What becomes of a client that the user made, where its consumer is to start again after
 * a failure: whole consumers on Kafka's {@code MockConsumer}.
 */
class GivenClientTests {

	private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

	private final Kafka kafka = new Kafka();

	private final CompletableFuture<QueueConsumer> made = new CompletableFuture<>();

	@AfterEach
	void stop() {
		this.kafka.gate.countDown();
		this.made.join().stop();
	}

	@Test
	void aStopDuringTheStartUpClosesTheClient() {
		QueueConsumer consumer = consumer(Duration.ofMinutes(1), (context, data, message) -> {
		});
		CompletableFuture<Void> started = consumer.startAsync();
		Awaitility.await().until(() -> this.kafka.checking);
		consumer.stop();
		started.join();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		assertThat(this.kafka.closed()).isTrue();
		assertThatIllegalStateException().isThrownBy(consumer::start).withMessageContaining("can be started once");
	}

	@Test
	void aStopThatMeetsTheWaitBeforeTheNextStartClosesTheClient() {
		QueueConsumer consumer = consumer(Duration.ofMinutes(1), (context, data, message) -> {
			throw new IllegalStateException("broken");
		});
		this.kafka.gate.countDown();
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.RESTARTING);
		assertThat(this.kafka.closed()).isFalse();
		consumer.stop();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.STOPPED);
		assertThat(this.kafka.closed()).isTrue();
	}

	@Test
	void aStopThatMeetsAStartThatFailsClosesTheClient() {
		QueueConsumer consumer = consumer(Duration.ofMinutes(1), (context, data, message) -> {
		});
		CompletableFuture<Void> started = consumer.startAsync();
		Awaitility.await().until(() -> this.kafka.checking);
		this.kafka.failure = new IllegalStateException("no answer");
		consumer.stop();
		assertThat(started).isCompletedExceptionally();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.FAILED);
		assertThat(this.kafka.closed()).isTrue();
	}

	@Test
	void aNextStartThatIsTheLastClosesTheClient() {
		QueueConsumer consumer = consumer(Duration.ofMillis(10), (context, data, message) -> {
			this.kafka.failure = new OutOfMemoryError("in the next start");
			throw new IllegalStateException("broken");
		});
		this.kafka.gate.countDown();
		consumer.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(this.kafka.closed()).isTrue();
	}

	@Test
	void aStartThatFailsLeavesTheClientToTryAgainWith() {
		QueueConsumer consumer = consumer(Duration.ofMillis(10), (context, data, message) -> {
		});
		this.kafka.gate.countDown();
		this.kafka.failure = new KafkaException("no answer");
		assertThatExceptionOfType(ConsumerStartException.class).isThrownBy(consumer::start);
		assertThat(this.kafka.closed()).isFalse();
		this.kafka.failure = null;
		consumer.start();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
	}

	@Test
	void aHandlerThatFailsLeavesTheClientToBeginAgainWith() {
		AtomicInteger attempts = new AtomicInteger();
		QueueConsumer consumer = consumer(Duration.ofMillis(10), (context, data, message) -> {
			if (attempts.incrementAndGet() == 1) {
				throw new IllegalStateException("broken");
			}
		});
		this.kafka.gate.countDown();
		consumer.start();
		Awaitility.await().until(() -> attempts.get() == 2 && consumer.status().state() == ConsumerState.RUNNING);
		assertThat(this.kafka.closed()).isFalse();
	}

	@Test
	void aClientThatHasFailedItselfIsNotBegunAgainWith() {
		QueueConsumer consumer = consumer(Duration.ofMillis(10), (context, data, message) -> {
		});
		this.kafka.gate.countDown();
		consumer.start();
		this.kafka.setPollException(new FencedInstanceIdException("fenced"));
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.FAILED);
		assertThat(this.kafka.closed()).isTrue();
		assertThat(consumer.status().lastError().description()).contains("fenced");
	}

	private QueueConsumer consumer(Duration backoff, MessageHandler<?> handler) {
		ConsumerSettings settings = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.onFailure(OnFailure.RESTART)
			.restartBackoff(backoff, backoff)
			.stopTimeout(Duration.ofSeconds(2))
			.build();
		this.kafka.subscribe(Set.of("topic"));
		QueueConsumer consumer = new InOrderConsumer(settings, this.kafka, UserCode.ofRecords(handler),
				ConsumerRuntime.plain());
		this.made.complete(consumer);
		return consumer;
	}

	/**
	 * Waits in the start-up checks until it is let go or woken; assigns a partition with
	 * one message whenever the engine subscribes.
	 */
	private static final class Kafka extends MockConsumer<byte[], byte[]> {

		private final CountDownLatch gate = new CountDownLatch(1);

		private volatile boolean checking;

		private volatile boolean woken;

		private volatile @Nullable Throwable failure;

		private Kafka() {
			super("earliest");
		}

		@Override
		public synchronized void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
			super.subscribe(topics, listener);
			schedulePollTask(() -> {
				rebalance(List.of(PARTITION));
				updateBeginningOffsets(Map.of(PARTITION, 0L));
				addRecord(new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), 0, null, new byte[0]));
			});
		}

		@Override
		public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
			this.checking = true;
			try {
				while (!this.gate.await(1, TimeUnit.MILLISECONDS)) {
					if (this.woken) {
						this.woken = false;
						fail();
						throw new WakeupException();
					}
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			fail();
			return List.of(new PartitionInfo(topic, 0, null, null, null));
		}

		private void fail() {
			Throwable failure = this.failure;
			if (failure instanceof RuntimeException exception) {
				throw exception;
			}
			if (failure instanceof Error error) {
				throw error;
			}
		}

		@Override
		public synchronized Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions,
				Duration timeout) {
			return new HashMap<>();
		}

		@Override
		public synchronized void wakeup() {
			this.woken = true;
			super.wakeup();
		}

	}

}
