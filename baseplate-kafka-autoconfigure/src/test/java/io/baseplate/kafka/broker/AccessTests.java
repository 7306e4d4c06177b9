package io.baseplate.kafka.broker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.actuate.QueueConsumerHealthIndicator;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.ConsumerTelemetry;
import io.baseplate.kafka.consumer.UserCode;
import io.baseplate.kafka.devbroker.DevBroker;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A consumer that loses its permissions, or its login, while it runs: a broker with
 * logins and access control lists.
 */
class AccessTests {

	private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

	private static final String PASSWORD = "secret";

	@TempDir
	static Path directory;

	private static DevBroker broker;

	private static Cluster cluster;

	private final Consumers consumers = new Consumers(cluster);

	private final String topic = cluster.newTopic(1);

	private final List<Reader> readers = new ArrayList<>();

	@BeforeAll
	static void startBroker() {
		broker = broker(0, PASSWORD).start();
		cluster = new Cluster(broker.bootstrapServers(), login("admin", "admin-secret"));
	}

	@AfterAll
	static void stopBroker() {
		cluster.close();
		broker.close();
	}

	@AfterEach
	void stop() {
		this.consumers.close();
	}

	@ParameterizedTest
	@CsvSource({ "TOPIC, classic, true", "TOPIC, consumer, false", "GROUP, classic, false", "GROUP, consumer, true" })
	void aPermissionThatIsTakenAwayWhileReadingFailsTheConsumer(ResourceType type, String protocol, boolean busy) {
		startReaders(protocol, OnFailure.STOP);
		if (busy) {
			send(20, 2000);
		}
		revoke(type);
		awaitState(ConsumerState.FAILED);
		for (Reader reader : this.readers) {
			ConsumerStatus status = reader.consumer.status();
			assertThat(status.lastError().cause()).as(reader.name()).isInstanceOf(AuthorizationException.class);
			assertThat(new QueueConsumerHealthIndicator(reader.consumer).health().getStatus()).isEqualTo(Status.DOWN);
			assertThat(reader.handled).as(reader.name()).doesNotHaveDuplicates();
			assertThat(reader.failedCommits).as(reader.name()).hasValueLessThan(20);
		}
		Awaitility.await().until(() -> threads().isEmpty());
	}

	@ParameterizedTest
	@CsvSource({ "TOPIC, consumer", "GROUP, classic" })
	void aConsumerThatRestartsTriesAgainUntilItIsPermittedAndLosesNothing(ResourceType type, String protocol) {
		startReaders(protocol, OnFailure.RESTART);
		revoke(type);
		send(20, 40);
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> this.readers.stream().allMatch((reader) -> reader.restarts.get() >= 2));
		permit();
		awaitCommitted(40);
		awaitState(ConsumerState.RUNNING);
		for (Reader reader : this.readers) {
			assertThat(reader.handled).as(reader.name())
				.contains(IntStream.range(0, 40).boxed().toArray(Integer[]::new))
				.hasSizeLessThanOrEqualTo((reader.commit == CommitStrategy.EACH_MESSAGE) ? 41 : 60);
			assertThat(reader.failedCommits).as(reader.name()).hasValueLessThan(50);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aLoginThatIsRefusedWhileReadingFailsTheConsumer(String protocol) {
		startReaders(protocol, OnFailure.STOP);
		int port = broker.port();
		broker.close();
		broker = broker(port, "another").start();
		awaitState(ConsumerState.FAILED);
		for (Reader reader : this.readers) {
			assertThat(reader.consumer.status().lastError().cause()).as(reader.name())
				.isInstanceOf(AuthenticationException.class);
		}
		Awaitility.await().until(() -> threads().isEmpty());
		broker.close();
		broker = broker(port, PASSWORD).start();
	}

	/**
	 * One of each strategy, each in a group of its own, at work.
	 */
	private void startReaders(String protocol, OnFailure onFailure) {
		for (CommitStrategy commit : CommitStrategy.values()) {
			this.readers.add(new Reader(commit, protocol, onFailure));
		}
		permit();
		this.readers.forEach((reader) -> reader.consumer.start());
		send(0, 20);
		awaitCommitted(20);
	}

	private void send(int from, int end) {
		cluster.send(this.topic, 0, IntStream.range(from, end).mapToObj(Integer::toString).toArray(String[]::new));
	}

	private void permit() {
		List<AclBinding> bindings = new ArrayList<>(List.of(read(ResourceType.TOPIC, this.topic)));
		this.readers.forEach((reader) -> bindings.add(read(ResourceType.GROUP, reader.group)));
		get(cluster.admin().createAcls(bindings).all());
		// The broker learns of them from the controller.
		Awaitility.await()
			.until(() -> get(cluster.admin().describeAcls(AclBindingFilter.ANY).values()).containsAll(bindings));
	}

	private void revoke(ResourceType type) {
		List<AclBindingFilter> filters = (type == ResourceType.TOPIC) ? List.of(read(type, this.topic).toFilter())
				: this.readers.stream().map((reader) -> read(type, reader.group).toFilter()).toList();
		get(cluster.admin().deleteAcls(filters).all());
	}

	private static AclBinding read(ResourceType type, String name) {
		return new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL),
				new AccessControlEntry("User:reader", "*", AclOperation.READ, AclPermissionType.ALLOW));
	}

	private void awaitCommitted(long offset) {
		for (Reader reader : this.readers) {
			Awaitility.await()
				.alias(reader.name())
				.atMost(Duration.ofSeconds(20))
				.until(() -> cluster.committed(reader.group, 0) == offset);
		}
	}

	private void awaitState(ConsumerState state) {
		for (Reader reader : this.readers) {
			Awaitility.await()
				.alias(reader.name())
				.atMost(Duration.ofSeconds(20))
				.until(() -> reader.consumer.status().state() == state);
		}
	}

	private List<Thread> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> this.readers.stream()
				.anyMatch((reader) -> thread.getName().contains(reader.consumer.name())))
			.toList();
	}

	private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, Object> login(String user, String password) {
		return Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config",
				LOGIN + "username=\"" + user + "\" password=\"" + password + "\";");
	}

	private static DevBroker broker(int port, String password) {
		DevBroker.Builder builder = DevBroker.builder()
			.port(port)
			.directory(directory)
			// A member that is not permitted to leave its group stays in it for as long.
			.property("group.consumer.session.timeout.ms", "2000")
			.property("group.consumer.min.session.timeout.ms", "1000")
			.property("group.consumer.heartbeat.interval.ms", "500")
			.property("group.consumer.min.heartbeat.interval.ms", "500")
			.property("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENTS:SASL_PLAINTEXT")
			.property("sasl.enabled.mechanisms", "PLAIN")
			.property("sasl.mechanism.inter.broker.protocol", "PLAIN")
			.property("listener.name.clients.plain.sasl.jaas.config",
					LOGIN + "username=\"admin\" password=\"admin-secret\" user_admin=\"admin-secret\" user_reader=\""
							+ password + "\";")
			.property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
			.property("super.users", "User:admin;User:ANONYMOUS");
		login("admin", "admin-secret").forEach(builder::adminProperty);
		return builder.build();
	}

	/**
	 * A consumer with what becomes of it.
	 */
	private final class Reader implements ConsumerTelemetry, ConsumerListener {

		private final CommitStrategy commit;

		private final String group = cluster.newGroup();

		private final List<Integer> handled = Collections.synchronizedList(new ArrayList<>());

		private final AtomicInteger failedCommits = new AtomicInteger();

		private final AtomicInteger restarts = new AtomicInteger();

		private final QueueConsumer consumer;

		private Reader(CommitStrategy commit, String protocol, OnFailure onFailure) {
			this.commit = commit;
			List<String> topics = List.of(AccessTests.this.topic);
			ConsumerSettings.Builder settings = (commit.mode() == ConsumerMode.IN_ORDER)
					? ConsumerSettings.inOrder(Consumers.name(this.group), this.group, topics)
					: ConsumerSettings.fast(Consumers.name(this.group), this.group, topics);
			Map<String, Object> client = new HashMap<>(login("reader", PASSWORD));
			client.put("group.protocol", protocol);
			this.consumer = AccessTests.this.consumers.make(settings, client,
					(builder) -> builder.commit(commit)
						.commitInterval(Duration.ofMillis(200))
						.stopTimeout(Duration.ofSeconds(3))
						.onFailure(onFailure)
						.restartBackoff(Duration.ofMillis(100), Duration.ofMillis(400)),
					UserCode.ofRecords((context, data, message) -> {
						Thread.sleep(1);
						this.handled.add(Integer.valueOf(Consumers.body(message)));
					}), new ConsumerRuntime((ignored) -> this, ConsumerRuntime.HandlerThreads.PLATFORM, this));
		}

		private String name() {
			return this.commit.name();
		}

		@Override
		public void commitDone(long nanos, boolean success) {
			if (!success) {
				this.failedCommits.incrementAndGet();
			}
		}

		@Override
		public void stateChanged(QueueConsumer consumer, ConsumerState from, ConsumerState to) {
			if (to == ConsumerState.RESTARTING) {
				this.restarts.incrementAndGet();
			}
		}

	}

}
