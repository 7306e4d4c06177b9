package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Totals;
import io.baseplate.kafka.QueueConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promises of the fast mode, on a real broker.
 */
class FastTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.release.countDown();
		this.consumers.close();
	}

	@ParameterizedTest
	@CsvSource({ "READ, classic, 1", "READ, consumer, 100", "PROCESSED, classic, 100", "PROCESSED, consumer, 1" })
	void aCleanStopUnderLoadLosesAndRepeatsNothing(CommitStrategy commit, String protocol, int batchSize) {
		String topic = this.cluster.newTopic(4);
		String group = this.cluster.newGroup();
		List<String> seen = Collections.synchronizedList(new ArrayList<>());
		this.cluster.sendNumbers(topic, 4, 3000);
		for (int start = 1; start <= 3; start++) {
			int goal = start * 1000;
			QueueConsumer consumer = this.consumers.fast(group, topic, Map.of("group.protocol", protocol),
					(settings) -> settings.commit(commit).batchSize(batchSize), (context, data, message) -> {
						Thread.sleep(1);
						seen.add(Consumers.body(message));
					});
			consumer.start();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() >= goal);
			consumer.stop();
			Totals totals = consumer.status().totals();
			assertThat(totals.read()).isEqualTo(totals.handled());
			assertThat(this.cluster.committed(group).values().stream().mapToLong(Long::longValue).sum())
				.isEqualTo(seen.size());
		}
		assertThat(seen).hasSize(3000).doesNotHaveDuplicates();
	}

	@Test
	void underReadAHandlerThatBlocksDoesNotHoldBackTheCommittedOffset() {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 1, 100);
		QueueConsumer consumer = this.consumers.fast(group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.READ).commitInterval(Duration.ofMillis(200)),
				(context, data, message) -> {
					if (message.offset() == 0) {
						this.release.await();
					}
				});
		consumer.start();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.cluster.committed(group, 0) == 100);
		assertThat(consumer.status().inFlight()).isEqualTo(1);
	}

	@Test
	void underProcessedAHandlerThatBlocksHoldsBackTheCommittedOffset() {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 1, 100);
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = this.consumers.fast(group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.PROCESSED).commitInterval(Duration.ofMillis(100)),
				(context, data, message) -> {
					if (message.offset() == 40) {
						this.release.await();
					}
					handled.incrementAndGet();
				});
		consumer.start();
		Awaitility.await().until(() -> handled.get() == 99);
		Awaitility.await().until(() -> this.cluster.committed(group, 0) == 40);
		this.release.countDown();
		Awaitility.await().until(() -> this.cluster.committed(group, 0) == 100);
	}

	@ParameterizedTest
	@EnumSource(value = CommitStrategy.class, names = { "READ", "PROCESSED" })
	void handlesUpToMaxConcurrencyAtOnceAndNoMore(CommitStrategy commit) {
		String topic = this.cluster.newTopic(2);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 2, 500);
		AtomicInteger now = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger handled = new AtomicInteger();
		QueueConsumer consumer = this.consumers.fast(group, topic, Map.of(),
				(settings) -> settings.commit(commit).maxConcurrency(5).batchSize(50), (context, data, message) -> {
					most.accumulateAndGet(now.incrementAndGet(), Math::max);
					this.release.await();
					now.decrementAndGet();
					handled.incrementAndGet();
				});
		consumer.start();
		Awaitility.await().during(Duration.ofMillis(500)).until(() -> now.get() == 5);
		this.release.countDown();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> handled.get() == 500);
		assertThat(most).hasValue(5);
	}

	@Test
	void whatIsReadAheadNeverExceedsTheBoundThatTheStatusShows() {
		String topic = this.cluster.newTopic(4);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 4, 400);
		QueueConsumer consumer = this.consumers.fast(group, topic, Map.of(),
				(settings) -> settings.maxConcurrency(4).batchSize(1),
				(context, data, message) -> this.release.await());
		consumer.start();
		// Once full, the queue is filled again only from its low-water mark on.
		Awaitility.await().until(() -> consumer.status().inFlight() == 4 && consumer.status().queueDepth() > 3);
		Awaitility.await().during(Duration.ofMillis(500)).until(() -> {
			ConsumerStatus status = consumer.status();
			return status.queueDepth() <= 6 && status.totals().read() <= status.readAheadBound();
		});
		assertThat(consumer.status().readAheadBound()).isEqualTo(10);
	}

	@Test
	void handingOverNeverRunsAheadOfTheCommitByMoreThanMaxUncommitted() {
		String topic = this.cluster.newTopic(1);
		String group = this.cluster.newGroup();
		this.cluster.sendNumbers(topic, 1, 1000);
		Set<Long> handled = ConcurrentHashMap.newKeySet();
		QueueConsumer consumer = this.consumers.fast(group, topic, Map.of(),
				(settings) -> settings.commit(CommitStrategy.PROCESSED)
					.maxUncommitted(120)
					.batchSize(50)
					.commitInterval(Duration.ofMinutes(10)),
				(context, data, message) -> {
					if (message.offset() == 333) {
						this.release.await();
					}
					handled.add(message.offset());
				});
		consumer.start();
		Awaitility.await().until(() -> this.cluster.committed(group, 0) == 333 && consumer.status().inFlight() == 1);
		Awaitility.await()
			.during(Duration.ofSeconds(1))
			.until(() -> handled.stream().allMatch((offset) -> offset < 333 + 120));
		this.release.countDown();
		Awaitility.await().until(() -> handled.size() == 1000);
	}

}
