package io.baseplate.kafka.devbroker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The life of dev brokers: ports, directories, stops, faults.
 */
class DevBrokerTests {

	@TempDir
	Path directory;

	@Test
	void twoBrokersRunSideBySideAndKnowNothingOfEachOther() {
		try (DevBroker first = DevBroker.builder().build().start();
				DevBroker second = DevBroker.builder().build().start()) {
			assertThat(first.port()).isNotEqualTo(second.port());
			first.createTopic("links", 1);
			new Clients(first).send("links", "one");
			assertThat(topics(first)).contains("links");
			assertThat(topics(second)).doesNotContain("links");
			first.close();
			second.createTopic("links", 1);
			new Clients(second).send("links", "two");
			assertThat(new Clients(second).read("group", "links", 1, Map.of())).containsExactly("two");
		}
	}

	@Test
	void aDirectoryAndAPortOutliveTheirBroker() {
		DevBroker.Builder settings = DevBroker.builder().port(freePort()).directory(this.directory.resolve("data"));
		String bootstrapServers;
		try (DevBroker broker = settings.build().start()) {
			bootstrapServers = broker.bootstrapServers();
			broker.createTopic("links", 1);
			new Clients(broker).send("links", "one", "two", "three");
			assertThat(new Clients(broker).read("group", "links", 1, Map.of("max.poll.records", "1")))
				.containsExactly("one");
		}
		assertThat(this.directory.resolve("data")).isNotEmptyDirectory();
		try (DevBroker broker = settings.build().start()) {
			assertThat(broker.bootstrapServers()).isEqualTo(bootstrapServers);
			assertThat(new Clients(broker).read("group", "links", 2, Map.of())).containsExactly("two", "three");
		}
	}

	@Test
	void aBrokerThatIsStoppedAndStartedKeepsItsPortAndItsData() {
		try (DevBroker broker = DevBroker.builder().build().start()) {
			int port = broker.port();
			broker.createTopic("links", 1);
			new Clients(broker).send("links", "one");
			broker.stop();
			assertThat(broker.isRunning()).isFalse();
			assertThatIllegalStateException().isThrownBy(() -> broker.createTopic("more", 1))
				.withMessageContaining("not running");
			broker.start();
			assertThat(broker.isRunning()).isTrue();
			assertThat(broker.port()).isEqualTo(port);
			assertThat(new Clients(broker).read("group", "links", 1, Map.of())).containsExactly("one");
		}
	}

	@Test
	void startingStoppingAndClosingTwiceIsStartingStoppingAndClosingOnce() {
		DevBroker broker = DevBroker.builder().build().start();
		int port = broker.port();
		assertThat(broker.start()).isSameAs(broker);
		assertThat(broker.port()).isEqualTo(port);
		broker.stop();
		broker.stop();
		broker.close();
		assertThatCode(broker::close).doesNotThrowAnyException();
	}

	@Test
	void aTemporaryDirectoryIsGoneAfterClose() {
		DevBroker broker = DevBroker.builder().build().start();
		Path temporary = broker.directory();
		assertThat(temporary).isNotEmptyDirectory();
		broker.stop();
		assertThat(temporary).isNotEmptyDirectory();
		broker.close();
		assertThat(temporary).doesNotExist();
	}

	@Test
	void noThreadOutlivesItsBroker() {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		try (DevBroker broker = DevBroker.builder().build().start()) {
			broker.createTopic("links", 1);
			new Clients(broker).send("links", "one");
			new Clients(broker).read("group", "links", 1, Map.of());
		}
		// The JDK keeps the threads of its shared pools; they are nobody's in particular.
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).filteredOn(Thread::isAlive)
				.filteredOn((thread) -> !before.contains(thread))
				.extracting(Thread::getName)
				.filteredOn((name) -> !name.startsWith("ForkJoinPool.commonPool") && !name.startsWith("awaitility"))
				.isEmpty());
	}

	@Test
	void aTakenPortIsNamedWithWhatToDo() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
			DevBroker broker = DevBroker.builder().port(taken.getLocalPort()).build();
			assertThatExceptionOfType(DevBrokerException.class).isThrownBy(broker::start)
				.withMessageContaining("Port " + taken.getLocalPort() + " is in use")
				.withMessageContaining("0 takes any free one");
			assertThat(broker.isRunning()).isFalse();
		}
	}

	@Test
	void aStartThatFailsKeepsTheDataOfTheStartBefore() throws IOException {
		try (DevBroker broker = DevBroker.builder().build().start()) {
			broker.createTopic("links", 1);
			broker.stop();
			try (ServerSocket taken = new ServerSocket(broker.port(), 1, InetAddress.getByName("localhost"))) {
				assertThat(taken.isBound()).isTrue();
				assertThatExceptionOfType(DevBrokerException.class).isThrownBy(broker::start);
			}
			broker.start();
			assertThat(topics(broker)).contains("links");
		}
	}

	@Test
	void aDirectoryInUseIsNamed() {
		try (DevBroker broker = DevBroker.builder().directory(this.directory).build().start()) {
			assertThatExceptionOfType(DevBrokerException.class)
				.isThrownBy(() -> DevBroker.builder().directory(this.directory).build().start())
				.withMessageContaining(this.directory.toString())
				.withMessageContaining("in use by another dev broker");
			assertThat(broker.isRunning()).isTrue();
			broker.createTopic("links", 1);
		}
	}

	@Test
	void aDirectoryThatCannotBeWrittenIsNamed() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(DevBrokerException.class)
			.isThrownBy(() -> DevBroker.builder().directory(file).build().start())
			.withMessageContaining(file.toString())
			.withMessageContaining("directory(...)");
	}

	@Test
	void aPropertyThatIsNotValidIsNamed() {
		assertThatExceptionOfType(DevBrokerException.class)
			.isThrownBy(() -> DevBroker.builder().property("num.io.threads", "many").build().start())
			.withMessageContaining("num.io.threads")
			.withMessageContaining("many")
			.satisfies((ex) -> {
				Matcher temporary = Pattern.compile("data in '(.+?)'").matcher(String.valueOf(ex.getMessage()));
				assertThat(temporary.find()).isTrue();
				assertThat(Path.of(temporary.group(1))).doesNotExist();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "listeners", "log.dirs", "node.id", "process.roles" })
	void aPropertyThatTheBrokerSetsItselfIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> DevBroker.builder().property(name, "x"))
			.withMessageContaining("'" + name + "'")
			.withMessageContaining("port(...)");
	}

	@Test
	void aPortIsUnknownBeforeTheStart() {
		assertThatIllegalStateException().isThrownBy(() -> DevBroker.builder().build().bootstrapServers())
			.withMessageContaining("start()");
		assertThat(DevBroker.builder().port(9092).build().bootstrapServers()).isEqualTo("localhost:9092");
	}

	@Test
	void aFatalFaultIsReportedAndTheProcessAndOtherBrokersGoOn() throws Exception {
		BlockingQueue<DevBrokerException> faults = new LinkedBlockingQueue<>();
		Path data = this.directory.resolve("data");
		try (DevBroker other = DevBroker.builder().build().start();
				DevBroker broker = DevBroker.builder().directory(data).onFault(faults::add).build().start()) {
			// A broker without its last log directory halts.
			Files.move(data, this.directory.resolve("elsewhere"));
			Files.createFile(data);
			new Clients(broker)
				.ask((admin) -> admin.createTopics(List.of(new NewTopic("links", 1, (short) 1))).all().get());
			DevBrokerException fault = faults.poll(20, TimeUnit.SECONDS);
			assertThat(fault).isNotNull().hasMessageContaining("asked for the end of the process");
			assertThat(broker.isRunning()).isFalse();
			assertThat(other.isRunning()).isTrue();
			other.createTopic("links", 1);
			long start = System.nanoTime();
			broker.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
		}
		assertThat(faults).isEmpty();
	}

	@Test
	void anInterruptedThreadStillStartsAndStopsItsBroker() {
		Thread.currentThread().interrupt();
		try (DevBroker broker = DevBroker.builder().build().start()) {
			assertThat(broker.isRunning()).isTrue();
		}
		assertThat(Thread.interrupted()).isTrue();
	}

	private static Set<String> topics(DevBroker broker) {
		return new Clients(broker).ask((admin) -> admin.listTopics().names().get());
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
