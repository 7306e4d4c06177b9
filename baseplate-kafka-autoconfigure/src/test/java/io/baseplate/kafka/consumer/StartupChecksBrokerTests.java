package io.baseplate.kafka.consumer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

import io.baseplate.kafka.consumer.ConsumerStartException.Reason;
import io.baseplate.kafka.devbroker.DevBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link StartupChecks} on real brokers, with both group protocols: an open
 * broker, one that asks for a login and has access control lists, and none.
 */
class StartupChecksBrokerTests {

	private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required ";

	private static final String ADMIN = LOGIN + "username=\"admin\" password=\"admin-secret\";";

	private static DevBroker broker;

	private static DevBroker guarded;

	@BeforeAll
	static void startBrokers() throws Exception {
		broker = DevBroker.builder().build().start();
		broker.createTopic("new_links", 3);
		guarded = guarded();
		guarded.createTopic("new_links", 1);
	}

	@AfterAll
	static void stopBrokers() {
		broker.close();
		guarded.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void passes(String protocol) {
		assertThat(run(protocol, broker.bootstrapServers(), settings("new_links"), Map.of())).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void missingTopicFailsAndIsNotCreated(String protocol) throws Exception {
		ConsumerStartException failure = failure(protocol, broker.bootstrapServers(),
				settings("new_links", "nwe_links"), Map.of());
		assertThat(failure.reason()).isEqualTo(Reason.MISSING_TOPIC);
		assertThat(failure.problem())
			.isEqualTo("topic 'nwe_links' does not exist. maybe it's misspelled or on a different kafka cluster?");
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
			assertThat(admin.listTopics().names().get()).contains("new_links").doesNotContain("nwe_links");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void missingTopicsAreReturnedWhereTheyDoNotFail(String protocol) {
		assertThat(run(protocol, broker.bootstrapServers(),
				settings("nwe_links", "new_links", "old_links").missingTopicsFail(false), Map.of()))
			.containsExactly("nwe_links", "old_links");
		assertThat(run(protocol, broker.bootstrapServers(), settings("nwe_links").missingTopicsFail(false), Map.of()))
			.containsExactly("nwe_links");
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void invalidTopicFailsInAnyCase(String protocol) {
		ConsumerStartException failure = failure(protocol, broker.bootstrapServers(),
				settings("new links").missingTopicsFail(false), Map.of());
		assertThat(failure.reason()).isEqualTo(Reason.INVALID_TOPIC);
		assertThat(failure.problem()).contains("'new links'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void noBrokerFails(String protocol) throws IOException {
		String nobody = "127.0.0.1:" + closedPort();
		ConsumerStartException failure = failure(protocol, nobody, settings("new_links"), Map.of());
		assertThat(failure.reason()).isEqualTo(Reason.NO_METADATA);
		assertThat(failure.problem()).isEqualTo("failed getting metadata from " + nobody);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void silentBrokerFails(String protocol) throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			long begun = System.nanoTime();
			ConsumerStartException failure = failure(protocol, "127.0.0.1:" + silent.getLocalPort(),
					settings("new_links"), Map.of());
			assertThat(failure.reason()).isEqualTo(Reason.NO_METADATA);
			assertThat(Duration.ofNanos(System.nanoTime() - begun))
				.isLessThan(Duration.ofSeconds(StartupChecks.METADATA_SECONDS));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void wakeupEndsTheWaitForBrokers(String protocol) throws Exception {
		assertThat(failureWhileWaiting(protocol, (checking, kafka) -> kafka.wakeup()))
			.isInstanceOf(WakeupException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void interruptEndsTheWaitForBrokers(String protocol) throws Exception {
		assertThat(failureWhileWaiting(protocol, (checking, kafka) -> checking.interrupt()))
			.isInstanceOf(InterruptException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void wrongPasswordFails(String protocol) {
		ConsumerStartException failure = failure(protocol, guarded.bootstrapServers(), settings("new_links"),
				login("reader", "wrong"));
		assertThat(failure.reason()).isEqualTo(Reason.AUTHENTICATION);
		assertThat(failure.problem()).contains(guarded.bootstrapServers());
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void topicWithoutPermissionFails(String protocol) {
		ConsumerStartException failure = failure(protocol, guarded.bootstrapServers(), settings("new_links"),
				login("nobody", "nobody-secret"));
		assertThat(failure.reason()).isEqualTo(Reason.AUTHORIZATION);
		assertThat(failure.problem()).contains("new_links");
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void groupWithoutPermissionFails(String protocol) {
		ConsumerStartException failure = failure(protocol, guarded.bootstrapServers(), settings("new_links"),
				login("stranger", "stranger-secret"));
		assertThat(failure.reason()).isEqualTo(Reason.AUTHORIZATION);
		assertThat(failure.problem()).contains("service.links");
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void groupWithoutPermissionFailsEvenWhereNoTopicExists(String protocol) {
		ConsumerStartException failure = failure(protocol, guarded.bootstrapServers(),
				settings("nwe_links").missingTopicsFail(false), login("stranger", "stranger-secret"));
		assertThat(failure.reason()).isEqualTo(Reason.AUTHORIZATION);
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void permissionForTopicAndGroupIsEnough(String protocol) {
		assertThat(run(protocol, guarded.bootstrapServers(), settings("new_links"), login("reader", "reader-secret")))
			.isEmpty();
	}

	private static ConsumerSettings.Builder settings(String... topics) {
		return ConsumerSettings.inOrder("kafka_consumer.links", "service.links", List.of(topics));
	}

	private static Set<String> run(String protocol, String servers, ConsumerSettings.Builder builder,
			Map<String, Object> properties) {
		ConsumerSettings settings = builder.bootstrapServers(servers).build();
		Consumer<byte[], byte[]> kafka = open(protocol, servers, settings, properties);
		try {
			return new StartupChecks(kafka, settings, secondsLeft(2)).run();
		}
		finally {
			kafka.close(CloseOptions.timeout(Duration.ofSeconds(1)));
		}
	}

	private static ConsumerStartException failure(String protocol, String servers, ConsumerSettings.Builder builder,
			Map<String, Object> properties) {
		ConsumerStartException failure = catchThrowableOfType(ConsumerStartException.class,
				() -> run(protocol, servers, builder, properties));
		assertThat(failure).isNotNull();
		return failure;
	}

	private static Throwable failureWhileWaiting(String protocol, BiConsumer<Thread, Consumer<byte[], byte[]>> action)
			throws Exception {
		String nobody = "127.0.0.1:" + closedPort();
		ConsumerSettings settings = settings("new_links").bootstrapServers(nobody).build();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		Consumer<byte[], byte[]> kafka = open(protocol, nobody, settings, Map.of());
		Thread checking = new Thread(() -> {
			try {
				new StartupChecks(kafka, settings).run();
			}
			catch (RuntimeException ex) {
				failure.set(ex);
			}
			finally {
				Thread.interrupted();
				kafka.close(CloseOptions.timeout(Duration.ofSeconds(1)));
			}
		});
		checking.start();
		await().until(() -> Arrays.stream(checking.getStackTrace())
			.anyMatch((frame) -> frame.getMethodName().equals("partitionsFor")));
		action.accept(checking, kafka);
		checking.join(Duration.ofSeconds(5).toMillis());
		assertThat(checking.isAlive()).isFalse();
		return failure.get();
	}

	private static Consumer<byte[], byte[]> open(String protocol, String servers, ConsumerSettings settings,
			Map<String, Object> properties) {
		return KafkaClientSettings.open(settings, KafkaClientSettings.build(settings,
				new KafkaClientOptions(servers, "latest", protocol, properties, List.of())));
	}

	/**
	 * A clock that has gone so far, once a check has begun, that this is left.
	 */
	private static LongSupplier secondsLeft(int seconds) {
		Deque<Long> start = new ArrayDeque<>(List.of(0L));
		return () -> start.isEmpty() ? Duration.ofSeconds(StartupChecks.METADATA_SECONDS - seconds).toNanos()
				: start.pop();
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static Map<String, Object> login(String user, String password) {
		Map<String, Object> login = new HashMap<>();
		login.put("security.protocol", "SASL_PLAINTEXT");
		login.put("sasl.mechanism", "PLAIN");
		login.put("sasl.jaas.config", LOGIN + "username=\"" + user + "\" password=\"" + password + "\";");
		return login;
	}

	private static DevBroker guarded() throws Exception {
		Map<String, Object> admin = login("admin", "admin-secret");
		DevBroker.Builder builder = DevBroker.builder()
			.property("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENTS:SASL_PLAINTEXT")
			.property("sasl.enabled.mechanisms", "PLAIN")
			.property("sasl.mechanism.inter.broker.protocol", "PLAIN")
			.property("listener.name.clients.plain.sasl.jaas.config",
					ADMIN.replace(";",
							" user_admin=\"admin-secret\" user_reader=\"reader-secret\" "
									+ "user_stranger=\"stranger-secret\" user_nobody=\"nobody-secret\";"))
			.property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
			.property("super.users", "User:admin;User:ANONYMOUS");
		admin.forEach(builder::adminProperty);
		DevBroker broker = builder.build().start();
		Map<String, Object> settings = new HashMap<>(admin);
		settings.put("bootstrap.servers", broker.bootstrapServers());
		try (Admin client = Admin.create(settings)) {
			client
				.createAcls(
						List.of(allow("reader", ResourceType.TOPIC, "*"), allow("stranger", ResourceType.TOPIC, "*"),
								allow("reader", ResourceType.GROUP, "service.links")))
				.all()
				.get();
		}
		return broker;
	}

	private static AclBinding allow(String user, ResourceType type, String name) {
		return new AclBinding(new ResourcePattern(type, name, PatternType.LITERAL),
				new AccessControlEntry("User:" + user, "*", AclOperation.READ, AclPermissionType.ALLOW));
	}

}
