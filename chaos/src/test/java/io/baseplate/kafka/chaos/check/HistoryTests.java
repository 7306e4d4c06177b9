package io.baseplate.kafka.chaos.check;

import java.nio.file.Path;
import java.util.List;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Invocations.Outcome;
import io.baseplate.kafka.chaos.journal.EventType;
import io.baseplate.kafka.chaos.journal.JournalReader;
import io.baseplate.kafka.chaos.journal.JournalWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class HistoryTests {

	private static final Limits LIMITS = new Limits(4, 100, 12);

	@TempDir
	Path directory;

	@Test
	void journalsOfSeveralProcessesBecomeTheInvocationsOfOneCell() {
		Path first = this.directory.resolve("app-1.journal");
		Path second = this.directory.resolve("app-2.journal");
		JournalWriter one = JournalWriter.create(first);
		JournalWriter two = JournalWriter.create(second);
		long a = one.started(Cell.PROCESSED_CLASSIC, 0, 5, 105);
		long other = one.started(Cell.READ_CLASSIC, 0, 5, 105);
		long b = two.started(Cell.PROCESSED_CLASSIC, 0, 6, 106);
		long c = one.started(Cell.PROCESSED_CLASSIC, 0, 8, 108);
		one.failed(c, Cell.PROCESSED_CLASSIC, 0, 8, 108);
		one.ended(a, Cell.PROCESSED_CLASSIC, 0, 5, 105);
		one.ended(other, Cell.READ_CLASSIC, 0, 5, 105);
		two.interrupted(b, Cell.PROCESSED_CLASSIC, 0, 6, 106);
		two.started(Cell.PROCESSED_CLASSIC, 0, 8, 108);
		two.consumer(EventType.TOTAL_READ, Cell.PROCESSED_CLASSIC, 2);
		two.consumer(EventType.TOTAL_READ, Cell.READ_CLASSIC, 77);
		two.process(EventType.STOPPED, 0);

		Truth truth = Truth.builder().message(0, 5, 105).message(0, 6, 106).message(0, 8, 108).end(0, 9).build();
		long wallMillis = JournalReader.open(first).wallNanos() / 1_000_000;
		History history = History.builder(Cell.PROCESSED_CLASSIC, LIMITS, truth)
			.journal(first)
			.journal(second)
			.commits(List.of(new Commit(0, 5, wallMillis, 1)))
			.build();

		assertThat(history.partitions()).hasSize(1);
		PartitionHistory partition = history.partitions().get(0);
		Invocations invocations = partition.invocations();
		assertThat(invocations.size()).isEqualTo(4);
		assertThat(List.of(0, 1, 2, 3)).extracting(invocations::message).containsExactly(0, 1, 2, 2);
		assertThat(List.of(0, 1, 2, 3)).extracting(invocations::process).containsExactly(0, 1, 0, 1);
		assertThat(List.of(0, 1, 2, 3)).extracting(invocations::outcome)
			.containsExactly(Outcome.ENDED, Outcome.INTERRUPTED, Outcome.FAILED, Outcome.OPEN);
		assertThat(List.of(0, 1, 2, 3)).extracting(partition::previous).containsExactly(-1, -1, -1, 2);
		assertThat(partition.isHandled(0)).isTrue();
		assertThat(partition.isHandled(1)).isFalse();
		assertThat(partition.start()).isEqualTo(5);
		assertThat(history.processes()).extracting(ProcessHistory::name).containsExactly("app-1", "app-2");
		assertThat(history.processes()).extracting(ProcessHistory::isStopped).containsExactly(false, true);
		assertThat(history.processes().get(1).total(EventType.TOTAL_READ)).isEqualTo(2);
		assertThat(history.processes()).extracting(ProcessHistory::open).containsExactly(0L, 1L);
		assertThat(partition.commits().earliest(0)).isLessThan(invocations.start(0));
	}

	@Test
	void endsFindTheirBeginningAlsoWhereOneProcessHasAMessageTwice() {
		Path file = this.directory.resolve("app-1.journal");
		JournalWriter writer = JournalWriter.create(file);
		long first = writer.started(Cell.READ_CLASSIC, 0, 0, 7);
		long second = writer.started(Cell.READ_CLASSIC, 0, 0, 7);
		writer.failed(second, Cell.READ_CLASSIC, 0, 0, 7);
		writer.ended(first, Cell.READ_CLASSIC, 0, 0, 7);
		History history = History.builder(Cell.READ_CLASSIC, LIMITS, Truth.builder().message(0, 0, 7).end(0, 1).build())
			.journal(file)
			.build();
		Invocations invocations = history.partitions().get(0).invocations();
		assertThat(List.of(0, 1)).extracting(invocations::outcome).containsExactly(Outcome.ENDED, Outcome.FAILED);
		assertThat(invocations.end(0)).isGreaterThan(invocations.end(1));
	}

	@Test
	void aJournalThatContradictsItselfIsRefused() {
		Path file = this.directory.resolve("app-1.journal");
		JournalWriter.create(file).ended(3, Cell.READ_CLASSIC, 0, 0, 7);
		HistoryBuilder builder = History
			.builder(Cell.READ_CLASSIC, LIMITS, Truth.builder().message(0, 0, 7).end(0, 1).build())
			.journal(file);
		assertThatIllegalStateException().isThrownBy(builder::build)
			.withMessageContaining("app-1")
			.withMessageContaining("slot 3");
	}

	@Test
	void commitsNeedAClock() {
		HistoryBuilder builder = History.builder(Cell.READ_CLASSIC, LIMITS, Truth.builder().end(0, 1).build())
			.commits(List.of(new Commit(0, 0, 1, 1)));
		assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("clock");
	}

	@Test
	void commitsAreOfTheIncarnationBeforeUntilTheyAreDeleted() {
		History history = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.recreated(1000, 2000)
			.holdsFirst(0, 9)
			.commits(0, 0, 100)
			.commits(0, 2, 1100)
			.commits(0, 3, 1200)
			.commits(0, Commit.DELETED, 1300)
			.commits(0, 5, 1400)
			.commits(0, 9, 2500)
			.history();
		assertThat(history.partitions()).extracting(PartitionHistory::incarnation).containsExactly(0, 1);
		assertThat(history.partitions()).extracting(PartitionHistory::isDeleted).containsExactly(true, false);
		assertThat(history.partitions()).extracting((partition) -> partition.commits().size()).containsExactly(4, 2);
	}

	@Test
	void commitsAreOfTheIncarnationBeforeUntilTheyGoBackWhereNoneIsDeleted() {
		History history = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.recreated(1000, 2000)
			.holdsFirst(0, 9)
			.commits(0, 1, 100)
			.commits(0, 0, 200)
			.commits(0, 3, 1200)
			.commits(0, 1, 1400)
			.commits(0, 9, 2500)
			.history();
		assertThat(history.partitions()).extracting((partition) -> partition.commits().size()).containsExactly(3, 2);
	}

	@Test
	void commitsAreOfTheNewIncarnationOnceItIsThereWhereNothingElseTells() {
		History history = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.recreated(1000, 2000)
			.holdsFirst(0, 9)
			.commits(0, 1, 1500)
			.commits(0, 3, 1900)
			.commits(0, 4, 2100)
			.history();
		assertThat(history.partitions()).extracting((partition) -> partition.commits().size()).containsExactly(2, 1);
		assertThat(history.partitions()).extracting(PartitionHistory::start).containsExactly(1L, 0L);
	}

	@Test
	void commitsAreInTheOrderOfTheLogWhateverOrderTheyAreToldIn() {
		History history = History.builder(Cell.READ_CLASSIC, LIMITS, Truth.builder().end(0, 9).build())
			.clock(0, 0)
			.commits(List.of(new Commit(0, 9, 3, 30), new Commit(0, 0, 1, 10)))
			.commits(List.of(new Commit(0, 4, 2, 20)))
			.build();
		CommitTimeline commits = history.partitions().get(0).commits();
		assertThat(List.of(0, 1, 2)).extracting(commits::offset).containsExactly(0L, 4L, 9L);
	}

	@Test
	void timesAreToldRelativeToTheOrigin() {
		History history = Story.of(Cell.READ_CLASSIC).history();
		assertThat(history.at(Story.nanos(1500.25))).isEqualTo("+1.500250s");
		assertThat(history.at(Story.nanos(-1))).isEqualTo("-0.001000s");
		assertThat(history.at(Invocations.NEVER)).isEqualTo("never");
	}

}
