package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.Event;
import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalReader;
import io.baseplate.kafka.chaos.process.CommitLog.Commit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application's process from its start to its end, with all cells, on a real broker;
 * and what can be read of it afterwards.
 */
class ApplicationProcessTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final BrokerCluster cluster = TestRuns.broker();

	private final ClusterAdmin admin = this.cluster.admin();

	private final String topic = TestRuns.name("topic-");

	private final ApplicationSpec spec = ApplicationSpec
		.of(TestRuns.directory(), this.cluster.proxiedBootstrapServers(), TestRuns.name("service"), this.topic)
		.commitInterval(Duration.ofMillis(200));

	ApplicationProcessTests() throws IOException {
		this.admin.createTopic(this.topic, 2);
	}

	@Test
	void messagesAreHandledInAllCellsAndSigtermEndsInTotals() {
		Sent sent;
		Span stop;
		ApplicationProcess application = ApplicationProcess.start(this.spec, "app");
		try (application) {
			application.awaitRunning(TIMEOUT);
			this.admin.awaitStable(this.spec.groups(), 1, TIMEOUT);
			sent = send(Works.none().and(0.1, Works.INVALID), 100);
			awaitCommitted();
			stop = application.terminate();
			assertThat(application.exitCode()).isEqualTo(143);
		}
		List<Event> events = JournalReader.read(application.journal());
		long valid = this.admin.messages(this.topic)
			.values()
			.stream()
			.flatMap(List::stream)
			.filter(StoredMessage::valid)
			.count();
		assertThat(valid).isPositive().isLessThan(sent.count());
		for (Cell cell : Cell.values()) {
			Map<EventType, Long> counts = of(events, cell)
				.collect(Collectors.groupingBy(Event::type, Collectors.counting()));
			assertThat(counts).as(cell.name())
				.containsEntry(EventType.STARTED, valid)
				.containsEntry(EventType.ENDED, valid)
				.doesNotContainKeys(EventType.FAILED, EventType.INTERRUPTED);
			Map<EventType, Long> totals = of(events, cell).filter((event) -> event.type().name().startsWith("TOTAL"))
				.collect(Collectors.toMap(Event::type, Event::value));
			assertThat(totals).as(cell.name())
				.isEqualTo(Map.of(EventType.TOTAL_READ, sent.count(), EventType.TOTAL_HANDLED, valid,
						EventType.TOTAL_INVALID, sent.count() - valid, EventType.TOTAL_FAILED, 0L,
						EventType.TOTAL_DROPPED, 0L, EventType.TOTAL_UNCOMMITTED, 0L));
			assertThat(values(events, cell, EventType.STATE)).contains((long) ConsumerState.RUNNING.ordinal())
				.endsWith((long) ConsumerState.STOPPED.ordinal());
			assertThat(values(events, cell, EventType.HEALTH)).endsWith(1L).doesNotContain(0L);
		}
		assertThat(ofProcess(events)).contains(EventType.MEMORY, EventType.THREADS, EventType.FILES)
			.containsSubsequence(EventType.RUNNING, EventType.STOPPING, EventType.STOPPED)
			.endsWith(EventType.STOPPED);
		assertThat(events.get(events.size() - 1).nanos()).isBetween(stop.from(), stop.to());
		assertThatEachCommitIsLogged();
	}

	@Test
	void kill9LeavesAReadableJournalAndAnotherProcessGoesOn() {
		ApplicationSpec busy = this.spec.handlerSleep(Duration.ofMillis(20));
		ApplicationProcess killed = ApplicationProcess.start(busy, "killed");
		ApplicationProcess next = null;
		try (killed; Load load = Load.start(load().rate(200))) {
			killed.awaitRunning(TIMEOUT);
			Awaitility.await().atMost(TIMEOUT).until(() -> handled(killed) > 500);
			Span kill = killed.kill();
			assertThat(killed.exitCode()).isEqualTo(137);
			load.stop();
			List<Event> events = JournalReader.read(killed.journal());
			assertThat(events).allSatisfy((event) -> assertThat(event.nanos()).isLessThan(kill.to()));
			assertThat(ofProcess(events)).contains(EventType.RUNNING).doesNotContain(EventType.STOPPING);
			assertThat(events).extracting(Event::type).doesNotContain(EventType.TOTAL_READ);
			next = ApplicationProcess.start(this.spec, "next");
			next.awaitRunning(TIMEOUT);
			awaitCommitted();
			next.terminate();
			assertThat(next.exitCode()).isEqualTo(143);
			for (Cell cell : Cell.values()) {
				// Under read a crash loses what was read.
				if (cell.commit() != CommitStrategy.READ) {
					assertThat(handledIds(cell, killed, next)).as(cell.name()).hasSize((int) load.sent());
				}
			}
		}
		finally {
			if (next != null) {
				next.close();
			}
		}
	}

	@Test
	void worksHappenOnceAndTheirConsumersStartAgainAndTheHeapIsSampled() {
		Cell[] cells = { Cell.EACH_MESSAGE_CONSUMER, Cell.PROCESSED_CLASSIC };
		ApplicationSpec restarting = this.spec.cells(cells)
			.onFailure(OnFailure.RESTART)
			.heapInterval(Duration.ofMillis(500));
		assertThat(restarting.groups()).hasSize(2);
		ApplicationProcess application = ApplicationProcess.start(restarting, "app");
		try (application) {
			application.awaitRunning(TIMEOUT);
			Sent sent = send(Works.none().and(0.03, "throw").and(0.1, "sleep:3"), 100);
			Awaitility.await()
				.atMost(TIMEOUT)
				.until(() -> Arrays.stream(cells)
					.allMatch((cell) -> isAllCommitted(cell.groupId(this.spec.service()))));
			application.terminate();
			List<Event> events = JournalReader.read(application.journal());
			for (Cell cell : cells) {
				assertThat(handledIds(cell, application)).hasSize((int) sent.count());
				List<Long> failed = of(events, cell).filter((event) -> event.type() == EventType.FAILED)
					.map(Event::id)
					.toList();
				assertThat(failed).isNotEmpty().doesNotHaveDuplicates();
			}
			assertThat(of(events, Cell.READ_CLASSIC)).extracting(Event::type)
				.doesNotContain(EventType.STARTED, EventType.ENDED);
			assertThat(events).filteredOn((event) -> event.type() == EventType.HEAP)
				.hasSizeGreaterThan(1)
				.allSatisfy((sample) -> assertThat(sample.value()).isBetween(1L << 20, 256L << 20));
		}
	}

	@Test
	void haltedProcessesAreKnownByTheirExit() {
		ApplicationProcess application = ApplicationProcess.start(this.spec.cells(Cell.INTERVAL_CONSUMER), "app");
		try (application) {
			application.awaitRunning(TIMEOUT);
			send(Works.always("halt"), 1);
			assertThat(application.awaitExit(TIMEOUT)).isEqualTo(137);
			assertThat(JournalReader.read(application.journal())).extracting(Event::type)
				.contains(EventType.STARTED)
				.doesNotContain(EventType.ENDED);
		}
	}

	private void assertThatEachCommitIsLogged() {
		CommitLog log = this.admin.commits(this.spec.groups());
		for (Cell cell : Cell.values()) {
			List<Commit> commits = log.of(cell.groupId(this.spec.service()));
			Map<Integer, List<Long>> offsets = commits.stream()
				.collect(Collectors.groupingBy(Commit::partition,
						Collectors.mapping(Commit::offset, Collectors.toList())));
			assertThat(commits).extracting(Commit::topic).containsOnly(this.topic);
			assertThat(offsets).hasSize(2);
			this.admin.committed(cell.groupId(this.spec.service()), this.topic)
				.forEach((partition, committed) -> assertThat(offsets.get(partition)).as(cell.name())
					.isSorted()
					.startsWith(0L)
					.endsWith(committed));
			if (cell.commit() == CommitStrategy.EACH_MESSAGE) {
				offsets.forEach((partition, each) -> assertThat(each).containsAll(
						this.admin.messages(this.topic).get(partition).stream().map((m) -> m.offset() + 1).toList()));
			}
			assertThat(commits).isSortedAccordingTo((a, b) -> Long.compare(a.order(), b.order()));
		}
	}

	private void awaitCommitted() {
		Awaitility.await().atMost(TIMEOUT).until(() -> this.spec.groups().stream().allMatch(this::isAllCommitted));
	}

	private boolean isAllCommitted(String group) {
		return this.admin.committed(group, this.topic).equals(this.admin.endOffsets(this.topic));
	}

	private LoadSpec load() {
		return LoadSpec.of(this.cluster.bootstrapServers(), this.topic, 11);
	}

	private Sent send(Works works, long count) {
		try (Load load = Load.start(load().works(works).rate(500))) {
			load.awaitAcknowledged(count, TIMEOUT);
			return load.stop();
		}
	}

	private static long handled(ApplicationProcess application) {
		return JournalReader.read(application.journal())
			.stream()
			.filter((event) -> event.type() == EventType.ENDED)
			.count();
	}

	private static Set<Long> handledIds(Cell cell, ApplicationProcess... applications) {
		return Arrays.stream(applications)
			.flatMap((application) -> of(JournalReader.read(application.journal()), cell))
			.filter((event) -> event.type() == EventType.ENDED)
			.map(Event::id)
			.collect(Collectors.toSet());
	}

	private static Stream<Event> of(List<Event> events, Cell cell) {
		return events.stream().filter((event) -> event.cell() == cell.code());
	}

	private static List<Long> values(List<Event> events, Cell cell, EventType type) {
		return of(events, cell).filter((event) -> event.type() == type).map(Event::value).toList();
	}

	private static List<EventType> ofProcess(List<Event> events) {
		return events.stream().filter((event) -> event.cell() < 0).map(Event::type).toList();
	}

}
