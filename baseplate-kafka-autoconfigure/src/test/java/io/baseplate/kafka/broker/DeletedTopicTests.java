package io.baseplate.kafka.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a consumer of two topics one of which is deleted while messages of it
 * are not committed, on a real broker.
 */
class DeletedTopicTests {

	private final Cluster cluster = Cluster.shared();

	private final Consumers consumers = new Consumers(this.cluster);

	private final String group = this.cluster.newGroup();

	private final String doomed = this.cluster.newTopic(1);

	private final String other = this.cluster.newTopic(1);

	private final CountDownLatch inHand = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void stop() {
		this.release.countDown();
		this.consumers.close();
	}

	/**
	 * Strategies that commit synchronously, asynchronously, and what was not handled.
	 */
	static Stream<Arguments> policies() {
		return Stream.of(CommitStrategy.EACH_MESSAGE, CommitStrategy.CONTINUOUS, CommitStrategy.READ)
			.flatMap((commit) -> Stream.of("classic", "consumer").map((protocol) -> Arguments.of(commit, protocol)));
	}

	@ParameterizedTest
	@MethodSource("policies")
	void theOtherTopicGoesOnAndTheStopIsQuick(CommitStrategy commit, String protocol) {
		QueueConsumer consumer = deletedWhileInHand(commit, protocol);
		this.release.countDown();
		this.cluster.send(this.other, 0, "other 0", "other 1");
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.seen.containsAll(List.of("doomed 0", "other 0", "other 1")));
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.until(() -> this.cluster.committed(this.group, this.other, 0) == 2);
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.until(() -> consumer.status().missingTopics().equals(Set.of(this.doomed)));
		assertThat(durationOf(consumer::stop)).isLessThan(Duration.ofSeconds(5));
		assertThat(this.seen).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@MethodSource("policies")
	void aStopWithAMessageOfADeletedTopicInHandIsQuickOnceItIsHandled(CommitStrategy commit, String protocol) {
		QueueConsumer consumer = deletedWhileInHand(commit, protocol);
		Thread stop = new Thread(consumer::stop);
		stop.start();
		Awaitility.await().until(() -> consumer.status().state() == ConsumerState.STOPPING);
		this.release.countDown();
		assertThat(durationOf(() -> join(stop))).isLessThan(Duration.ofSeconds(8));
	}

	private static void join(Thread thread) {
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Duration durationOf(Runnable action) {
		long begun = System.nanoTime();
		action.run();
		return Duration.ofNanos(System.nanoTime() - begun);
	}

	/**
	 * A consumer of two topics, one of which was deleted while its handler has the first
	 * of three messages in hand.
	 */
	private QueueConsumer deletedWhileInHand(CommitStrategy commit, String protocol) {
		this.cluster.send(this.doomed, 0, "doomed 0", "doomed 1", "doomed 2");
		List<String> topics = List.of(this.doomed, this.other);
		ConsumerSettings.Builder settings = (commit.mode() == ConsumerMode.IN_ORDER)
				? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, topics)
				: ConsumerSettings.fast(Consumers.name(this.group), this.group, topics).maxConcurrency(1);
		QueueConsumer consumer = this.consumers.make(settings, Map.of("group.protocol", protocol),
				(builder) -> builder.commit(commit).commitInterval(Duration.ofSeconds(1)),
				UserCode.ofRecords((context, data, message) -> {
					if (message.topic().equals(this.doomed)) {
						this.inHand.countDown();
						this.release.await();
					}
					this.seen.add(Consumers.body(message));
				}), ConsumerRuntime.plain());
		consumer.start();
		Awaitility.await().until(() -> this.inHand.getCount() == 0);
		this.cluster.deleteTopic(this.doomed);
		return consumer;
	}

}
