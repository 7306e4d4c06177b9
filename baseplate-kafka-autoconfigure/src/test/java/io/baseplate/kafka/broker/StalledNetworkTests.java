package io.baseplate.kafka.broker;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;
import io.baseplate.kafka.devbroker.DevBroker;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A network that stalls between a consumer and its broker: the reader goes on polling and
 * the handlers have plenty to do, while the brokers give the partition to somebody else.
 */
class StalledNetworkTests {

	private static final String STALLED = "stalled-";

	private static final Duration SESSION = Duration.ofSeconds(2);

	private static final int COUNT = 2000;

	private final StallingProxy proxy;

	private final DevBroker broker;

	private final Cluster cluster;

	private final Consumers consumers;

	private final String topic;

	StalledNetworkTests() throws IOException {
		int port = freePort();
		this.proxy = new StallingProxy(port, STALLED);
		this.broker = DevBroker.builder()
			.port(port)
			.property("advertised.listeners", "CLIENTS://localhost:" + this.proxy.port())
			.property("group.consumer.heartbeat.interval.ms", "500")
			.property("group.consumer.session.timeout.ms", Long.toString(SESSION.toMillis()))
			.build()
			.start();
		this.cluster = new Cluster(this.broker.bootstrapServers());
		this.consumers = new Consumers(this.cluster);
		this.topic = this.cluster.newTopic(1);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	@AfterEach
	void stop() throws IOException {
		this.proxy.stall(false);
		this.consumers.close();
		this.cluster.close();
		this.broker.close();
		this.proxy.close();
	}

	/**
	 * Under all strategies side by side, each in a group of its own, but under
	 * {@code read}, which counts as handled what is queued.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aConsumerCutOffFromItsBrokersHandsNothingOverAndCommitsNothingOnceItsPartitionHasAnotherOwner(
			String protocol) {
		this.cluster.sendNumbers(this.topic, 1, COUNT);
		List<Succession> successions = Stream
			.of(CommitStrategy.EACH_MESSAGE, CommitStrategy.CONTINUOUS, CommitStrategy.INTERVAL,
					CommitStrategy.PROCESSED)
			.map((commit) -> new Succession(commit, protocol))
			.toList();
		successions.forEach((succession) -> succession.first.start());
		successions.forEach(Succession::awaitAtWork);
		this.proxy.stall(true);
		successions.forEach((succession) -> succession.second.start());
		successions.forEach(Succession::awaitSuccessor);
		this.proxy.stall(false);
		successions.forEach(Succession::verify);
	}

	@Test
	void aStallShorterThanTheSessionIsNotNoticed() {
		this.cluster.sendNumbers(this.topic, 1, COUNT);
		Succession succession = new Succession(CommitStrategy.CONTINUOUS, "classic");
		succession.first.start();
		succession.awaitAtWork();
		for (int i = 0; i < 5; i++) {
			this.proxy.stall(true);
			int handed = succession.handedToFirst.size();
			succession.await(() -> succession.handedToFirst.size() > handed + 30);
			this.proxy.stall(false);
			int healed = succession.handedToFirst.size();
			succession.await(() -> succession.handedToFirst.size() > healed + 30);
		}
		succession.await(() -> succession.committed() > 300);
		assertThat(offsets(succession.handedToFirst)).doesNotHaveDuplicates().isSorted();
	}

	private static List<Long> offsets(List<Start> starts) {
		return List.copyOf(starts).stream().map(Start::offset).toList();
	}

	private record Start(long offset, long nanos) {
	}

	/**
	 * Two consumers of a group, the second of which takes over from the first.
	 */
	private final class Succession {

		private final CommitStrategy commit;

		private final String group = StalledNetworkTests.this.cluster.newGroup();

		private final List<Start> handedToFirst = Collections.synchronizedList(new ArrayList<>());

		private final List<Start> handedToSecond = Collections.synchronizedList(new ArrayList<>());

		private final QueueConsumer first;

		private final QueueConsumer second;

		private Succession(CommitStrategy commit, String protocol) {
			this.commit = commit;
			this.first = make(Map.of("group.protocol", protocol, "client.id", STALLED + commit),
					(context, data, message) -> {
						this.handedToFirst.add(new Start(message.offset(), System.nanoTime()));
						Thread.sleep(8);
					});
			this.second = make(Map.of("group.protocol", protocol), (context, data, message) -> this.handedToSecond
				.add(new Start(message.offset(), System.nanoTime())));
		}

		private QueueConsumer make(Map<String, Object> client, MessageHandler<?> handler) {
			List<String> topics = List.of(StalledNetworkTests.this.topic);
			ConsumerSettings.Builder settings = (this.commit.mode() == ConsumerMode.IN_ORDER)
					? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, topics)
					: ConsumerSettings.fast(Consumers.name(this.group), this.group, topics).maxConcurrency(2);
			return StalledNetworkTests.this.consumers.make(
					settings.commit(this.commit)
						.commitInterval(Duration.ofMillis(100))
						.batchSize(800)
						.sessionTimeout(SESSION),
					client, (builder) -> builder, UserCode.ofRecords(handler), ConsumerRuntime.plain());
		}

		private void awaitAtWork() {
			await(() -> this.handedToFirst.size() > 20 && committed() > 0);
		}

		private void awaitSuccessor() {
			await(() -> this.handedToSecond.size() > 50);
			assertThat(this.first.status().queueDepth()).as("what %s had to hand over", this.commit).isPositive();
		}

		private void verify() {
			List<Long> commits = new ArrayList<>();
			await(() -> {
				commits.add(committed());
				return commits.get(commits.size() - 1) == COUNT && this.first.status().queueDepth() == 0;
			});
			assertThat(commits).as("commits of %s", this.commit).isSorted();
			Start next = this.handedToSecond.get(0);
			List<Long> late = List.copyOf(this.handedToFirst)
				.stream()
				.filter((start) -> start.nanos() - next.nanos() > 0)
				.map(Start::offset)
				.toList();
			List<Long> successors = offsets(this.handedToSecond);
			// The first may be given the partition again later: then it goes on behind.
			assertThat(late).as("handed over late, %s", this.commit).doesNotContainAnyElementsOf(successors);
			assertThat(Stream.concat(offsets(this.handedToFirst).stream(), successors.stream()).distinct().sorted())
				.as("%s", this.commit)
				.containsExactly(LongStream.range(0, COUNT).boxed().toArray(Long[]::new));
		}

		private long committed() {
			return StalledNetworkTests.this.cluster.committed(this.group, 0);
		}

		private void await(Callable<Boolean> condition) {
			Awaitility.await().alias(this.commit.name()).atMost(Duration.ofSeconds(30)).until(condition);
		}

	}

}
