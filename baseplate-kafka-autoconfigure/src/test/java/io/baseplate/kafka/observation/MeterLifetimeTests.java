package io.baseplate.kafka.observation;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.ConsumerTelemetry.MessageScope;
import io.baseplate.kafka.observation.TestTelemetry.TestGauges;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How long meters live, and who shares them.
 */
class MeterLifetimeTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final ConsumerTelemetryFactory factory = TestTelemetry.metersOnly(this.registry);

	private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();

	@AfterEach
	void closeFactory() {
		this.factory.close();
	}

	@Test
	void valuesOfConsumersWithEqualLabelsAddUp() {
		ConsumerTelemetry one = opened("one");
		ConsumerTelemetry two = opened("two");
		TestTelemetry.handle(one, TestMessages.message("links"));
		TestTelemetry.handle(two, TestMessages.message("links"));
		MessageScope inOne = one.messageStarted(TestMessages.message("links"));
		two.messageStarted(TestMessages.message("links"));
		assertThat(processed()).isEqualTo(2);
		assertThat(this.registry.get("kafka.consumer.message.processing.time").timer().count()).isEqualTo(2);
		assertThat(active()).isEqualTo(2);
		inOne.handled();
		inOne.close();
		assertThat(active()).isEqualTo(1);
	}

	@Test
	void aSharedMeterLivesAsLongAsOneOfItsConsumers() {
		ConsumerTelemetry one = opened("one");
		ConsumerTelemetry two = opened("two");
		TestTelemetry.handle(one, TestMessages.message("links"));
		TestTelemetry.handle(two, TestMessages.message("links"));
		one.closed();
		assertThat(processed()).isEqualTo(2);
		TestTelemetry.handle(two, TestMessages.message("links"));
		assertThat(processed()).isEqualTo(3);
		two.closed();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void consumersOfSeveralFactoriesShareTheMetersOfARegistry() {
		ConsumerTelemetry one = opened("one");
		ConsumerTelemetry two = TestTelemetry.metersOnly(this.registry).apply(TestTelemetry.settings("two", "links"));
		TestTelemetry.open(two);
		TestTelemetry.handle(one, TestMessages.message("links"));
		TestTelemetry.handle(two, TestMessages.message("links"));
		one.closed();
		assertThat(processed()).isEqualTo(2);
		two.closed();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void gaugesOfConsumersWithOneNameAddUp() {
		TestGauges few = new TestGauges();
		few.queueDepth = 2;
		TestGauges many = new TestGauges();
		many.queueDepth = 30;
		ConsumerTelemetry one = this.factory.apply(TestTelemetry.settings("links", "links"));
		ConsumerTelemetry two = this.factory.apply(TestTelemetry.settings("links", "links"));
		one.opened(TestTelemetry.client(), few);
		two.opened(TestTelemetry.client(), many);
		assertThat(this.registry.get("baseplate.kafka.queue.depth").gauge().value()).isEqualTo(32);
		one.closed();
		assertThat(this.registry.get("baseplate.kafka.queue.depth").gauge().value()).isEqualTo(30);
	}

	@Test
	void noMeterOutlivesItsConsumer() {
		ConsumerTelemetry telemetry = opened("one");
		telemetry.assigned(Set.of(new TopicPartition("links", 0), new TopicPartition("links", 1)));
		telemetry.commitDone(1, true);
		TestTelemetry.handle(telemetry, TestMessages.message("links"), Map.of("endpoint_timestamp", TestTelemetry.NOW));
		TestTelemetry.fail(telemetry, TestMessages.message("links"), new IllegalStateException());
		assertThat(this.registry.getMeters()).isNotEmpty();
		telemetry.closed();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void aConsumerThatStartsAgainHasItsMetersAgain() {
		ConsumerTelemetry telemetry = opened("one");
		TestTelemetry.handle(telemetry, TestMessages.message("links"));
		telemetry.closed();
		TestTelemetry.open(telemetry);
		TestTelemetry.handle(telemetry, TestMessages.message("links"));
		assertThat(processed()).isEqualTo(1);
	}

	@Test
	void whatWasCountedStaysAfterAFailureAndGoesOnWithTheNextConnection() {
		ConsumerTelemetry telemetry = opened("one");
		TestTelemetry.handle(telemetry, TestMessages.message("links"));
		telemetry.assigned(Set.of(new TopicPartition("links", 0)));
		telemetry.disconnected();
		telemetry.unassigned(Set.of(new TopicPartition("links", 0)));
		assertThat(processed()).isEqualTo(1);
		assertThat(this.registry.find("baseplate.kafka.lag").gauges()).isEmpty();
		assertThat(this.registry.find("baseplate.kafka.queue.depth").gauges()).isEmpty();
		TestTelemetry.open(telemetry);
		assertThat(processed()).isEqualTo(1);
		TestTelemetry.handle(telemetry, TestMessages.message("links"));
		assertThat(processed()).isEqualTo(2);
		telemetry.disconnected();
		telemetry.closed();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void aHandlerThatOutlivesItsConsumerBringsNoMeterBack() {
		ConsumerTelemetry telemetry = opened("one");
		MessageScope scope = telemetry.messageStarted(TestMessages.message("links"));
		telemetry.closed();
		scope.unpacked(Map.of("endpoint_timestamp", 1));
		scope.handled();
		scope.close();
		TestTelemetry.handle(telemetry, TestMessages.message("other"));
		telemetry.assigned(Set.of(new TopicPartition("links", 0)));
		telemetry.commitDone(1, true);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void aMessageThatCrossesTheClosingBringsNoMeterBack() {
		ConsumerMeters meters = new ConsumerMeters(this.registry, TestTelemetry.settings("one", "links"),
				new TestGauges());
		ConsumerMeters.TopicMeters links = meters.topic("links");
		assertThat(links).isNotNull();
		links.started();
		meters.close();
		links.ended(true, 1);
		meters.latency(1);
		meters.assigned(Set.of(new TopicPartition("links", 0)));
		assertThat(meters.topic("links")).isNull();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void partitionGaugesComeAndGoWithTheirPartitions() {
		ConsumerTelemetry telemetry = opened("one");
		telemetry.assigned(List.of(new TopicPartition("links", 0), new TopicPartition("links", 1)));
		telemetry.unassigned(List.of(new TopicPartition("links", 0)));
		assertThat(this.registry.find("baseplate.kafka.lag").meters())
			.extracting((meter) -> meter.getId().getTag("partition"))
			.containsExactly("1");
		assertThat(this.registry.find("baseplate.kafka.last.handled.offset").meters())
			.extracting((meter) -> meter.getId().getTag("partition"))
			.containsExactly("1");
		assertThat(this.registry.get("baseplate.kafka.rebalances").counter().count()).isEqualTo(2);
	}

	@Test
	void gaugesAreAskedOnlyWhenRead() {
		TestGauges gauges = new TestGauges();
		ConsumerTelemetry telemetry = this.factory.apply(TestTelemetry.settings("one", "links"));
		telemetry.opened(TestTelemetry.client(), gauges);
		gauges.queueDepth = 5;
		assertThat(this.registry.get("baseplate.kafka.queue.depth").gauge().value()).isEqualTo(5);
	}

	@Test
	void metersThatHandlersMakeOfObservationsGoWithTheLastConsumerOfTheTopic() {
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.registry));
		ConsumerTelemetryFactory factory = new ConsumerTelemetryFactory(observations, this.registry, null, null,
				ObservationStyle.OBSERVATION, true, null, (payload) -> null, Clock.systemUTC());
		ConsumerTelemetry one = factory.apply(TestTelemetry.settings("one", "links", "edits"));
		ConsumerTelemetry two = factory.apply(TestTelemetry.settings("two", "links"));
		TestTelemetry.open(one);
		TestTelemetry.open(two);
		one.readStarted().read(1);
		TestTelemetry.handle(one, TestMessages.message("links"));
		TestTelemetry.handle(one, TestMessages.message("edits"));
		TestTelemetry.handle(two, TestMessages.message("links"));
		one.closed();
		assertThat(this.registry.find("baseplate.kafka.handler").timers())
			.extracting((timer) -> timer.getId().getTag("kafka.topic"))
			.containsExactly("links");
		two.closed();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void metricsOfTheKafkaClientComeAndGoWithIt() {
		ConsumerTelemetry telemetry = this.factory.apply(TestTelemetry.settings("one", "links"));
		try (KafkaConsumer<byte[], byte[]> kafka = TestTelemetry.kafka()) {
			telemetry.opened(kafka, new TestGauges());
			assertThat(
					this.registry.find("kafka.consumer.connection.count").tag("consumer", "kafka_consumer.one").gauge())
				.isNotNull();
			telemetry.closed();
		}
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void allKafkaClientsShareOneThreadThatGoesWithTheLast() {
		ConsumerTelemetry one = this.factory.apply(TestTelemetry.settings("one", "links"));
		ConsumerTelemetry two = this.factory.apply(TestTelemetry.settings("two", "links"));
		try (KafkaConsumer<byte[], byte[]> kafka = TestTelemetry.kafka();
				KafkaConsumer<byte[], byte[]> other = TestTelemetry.kafka()) {
			one.opened(kafka, new TestGauges());
			two.opened(other, new TestGauges());
			assertThat(schedulerThreads()).singleElement().matches(Thread::isDaemon);
			one.closed();
			assertThat(schedulerThreads()).hasSize(1);
			two.closed();
		}
		await().untilAsserted(() -> assertThat(schedulerThreads()).isEmpty());
	}

	@Test
	void closingTheFactoryEndsItsThread() {
		try (KafkaConsumer<byte[], byte[]> kafka = TestTelemetry.kafka()) {
			this.factory.apply(TestTelemetry.settings("one", "links")).opened(kafka, new TestGauges());
			this.factory.close();
		}
		await().untilAsserted(() -> assertThat(schedulerThreads()).isEmpty());
	}

	@Test
	void nothingIsScheduledForAClientThatIsClosed() throws Exception {
		ClientMetricsScheduler scheduler = new ClientMetricsScheduler();
		ClientMetricsScheduler.Lane kept = scheduler.open();
		ClientMetricsScheduler.Lane closed = scheduler.open();
		assertThat(kept).isNotNull();
		assertThat(closed).isNotNull();
		CountDownLatch runs = new CountDownLatch(3);
		Future<?> task = closed.scheduleAtFixedRate(() -> {
		}, 1, 1, TimeUnit.HOURS);
		closed.close(() -> {
		});
		kept.scheduleAtFixedRate(runs::countDown, 1, 1, TimeUnit.MILLISECONDS);
		assertThat(task.isCancelled()).isTrue();
		assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
		scheduler.close();
	}

	@Test
	void consumersMayComeAndGoSideBySide() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<? extends Future<?>> consumers = IntStream.range(0, 4).mapToObj((number) -> threads.submit(() -> {
				for (int round = 0; round < 200; round++) {
					ConsumerTelemetry telemetry = opened("number" + number);
					TestTelemetry.handle(telemetry, TestMessages.message("links"));
					telemetry.closed();
				}
			})).toList();
			for (Future<?> consumer : consumers) {
				consumer.get(Duration.ofMinutes(1).toSeconds(), TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.registry.getMeters()).extracting(Meter::getId).isEmpty();
	}

	private ConsumerTelemetry opened(String groupName) {
		ConsumerTelemetry telemetry = this.factory.apply(TestTelemetry.settings(groupName, "links"));
		TestTelemetry.open(telemetry);
		return telemetry;
	}

	private double processed() {
		return this.registry.get("kafka.consumer.messages.processed").counter().count();
	}

	private double active() {
		return this.registry.get("kafka.consumer.active.messages").gauge().value();
	}

	private List<Thread> schedulerThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(ClientMetricsScheduler.THREAD_NAME)
					&& !this.threadsBefore.contains(thread))
			.toList();
	}

}
