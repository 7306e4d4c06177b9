package io.baseplate.kafka.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.actuate.QueueConsumerHealthIndicator;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;
import io.baseplate.kafka.devbroker.DevBroker;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens while the broker is away and when it comes back: a broker of the test's
 * own, stopped and started again on the same data and port.
 */
class BrokerAwayTests {

	/**
	 * Several heartbeats.
	 */
	private static final Duration AWAY_AFTER = Duration.ofSeconds(3);

	@TempDir
	Path directory;

	@ParameterizedTest
	@CsvSource({ "EACH_MESSAGE, classic", "EACH_MESSAGE, consumer", "CONTINUOUS, classic", "PROCESSED, consumer",
			"READ, classic" })
	void aConsumerSaysThatTheBrokerIsAwayAndRecoversAlone(CommitStrategy commit, String protocol) {
		try (DevBroker broker = DevBroker.builder()
			.directory(this.directory)
			.property("group.consumer.heartbeat.interval.ms", "500")
			.build()
			.start()) {
			Cluster cluster = new Cluster(broker.bootstrapServers());
			String group = cluster.newGroup();
			String topic = cluster.newTopic(1);
			List<String> seen = Collections.synchronizedList(new ArrayList<>());
			AtomicInteger handling = new AtomicInteger();
			CountDownLatch away = new CountDownLatch(1);
			try (Consumers consumers = new Consumers(cluster)) {
				ConsumerSettings.Builder settings = switch (commit.mode()) {
					case IN_ORDER -> ConsumerSettings.inOrder(Consumers.name(group), group, List.of(topic));
					case FAST -> ConsumerSettings.fast(Consumers.name(group), group, List.of(topic));
				};
				// Long enough to find the broker again: a member that is thrown out
				// repeats
				// what it could not commit.
				Map<String, Object> client = protocol.equals("classic")
						? Map.of("group.protocol", protocol, "session.timeout.ms", 10_000)
						: Map.of("group.protocol", protocol);
				QueueConsumer consumer = consumers.make(settings, client,
						(builder) -> builder.commit(commit)
							.commitInterval(Duration.ofMillis(200))
							.brokerAwayAfter(AWAY_AFTER)
							.stopTimeout(Duration.ofSeconds(5)),
						UserCode.ofRecords((context, data, message) -> {
							handling.incrementAndGet();
							String body = Consumers.body(message);
							// The last one, whichever a fast consumer begins last.
							if (body.equals("10")) {
								away.await();
							}
							seen.add(body);
						}), ConsumerRuntime.plain());
				cluster.sendNumbers(topic, 1, 11);
				consumer.start();
				int committed = (commit == CommitStrategy.READ) ? 11 : 10;
				Awaitility.await().until(() -> handling.get() == 11 && cluster.committed(group, 0) == committed);
				assertThat(isAway(consumer.status())).isFalse();
				broker.stop();
				// Its commit cannot succeed before the broker is back.
				away.countDown();
				Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> isAway(consumer.status()));
				assertThat(consumer.status().state()).isEqualTo(ConsumerState.RUNNING);
				assertHealthIsDownAndQuick(consumer);
				broker.start();
				cluster.send(topic, 0, "after");
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> seen.contains("after"));
				Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> cluster.committed(group, 0) == 12);
				Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !isAway(consumer.status()));
				assertThat(seen).doesNotHaveDuplicates();
			}
			cluster.close();
		}
	}

	/**
	 * The quickest of many: the machine may be busy.
	 */
	private static void assertHealthIsDownAndQuick(QueueConsumer consumer) {
		QueueConsumerHealthIndicator indicator = new QueueConsumerHealthIndicator(consumer);
		long quickest = Long.MAX_VALUE;
		for (int i = 0; i < 50; i++) {
			long begun = System.nanoTime();
			Health health = indicator.health();
			quickest = Math.min(quickest, System.nanoTime() - begun);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("reason", "broker-away");
		}
		assertThat(Duration.ofNanos(quickest)).isLessThan(Duration.ofMillis(5));
	}

	private static boolean isAway(ConsumerStatus status) {
		Duration silence = status.sinceBrokerContact();
		return silence != null && silence.compareTo(status.brokerAwayAfter()) > 0;
	}

}
