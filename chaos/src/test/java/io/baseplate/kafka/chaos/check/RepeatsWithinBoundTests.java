package io.baseplate.kafka.chaos.check;

import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatsWithinBoundTests {

	private static final RepeatsWithinBound NONE = new RepeatsWithinBound(Repeats.NONE, 1);

	private static final RepeatsWithinBound KILLS = new RepeatsWithinBound(Repeats.KILLS, 1);

	private static final RepeatsWithinBound UNCOMMITTED = new RepeatsWithinBound(Repeats.UNCOMMITTED, 1);

	/**
	 * Process a handles 0 and 1 and commits 1.
	 */
	private static Story story(Cell cell) {
		return Story.of(cell)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 1, 30)
			.handles("a", 0, 1, 40, 50);
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void holdsWhereNothingIsHandledTwice(Cell cell) {
		Story story = story(cell).commits(0, 2, 60).handles("b", 0, 2, 70, 80).commits(0, 3, 90);
		for (RepeatsWithinBound guarantee : new RepeatsWithinBound[] { NONE, KILLS, UNCOMMITTED }) {
			assertThat(story.judgedBy(guarantee)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void aKillMayRepeatWhatWasHandledAndNotCommitted(Cell cell) {
		Story story = story(cell).kills("a", 60).handles("b", 0, 1, 6000, 6010);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.judgedBy(UNCOMMITTED)).isEmpty();
		assertThat(story.judgedBy(NONE)).singleElement()
			.asString()
			.contains("offset 1 (id 1): b started +6.000000s")
			.contains("after a started +0.040000s, ended +0.050000s")
			.contains("expected: nothing handled again");
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void theMessageBeforeTheCommittedOffsetIsNeverHandledAgain(Cell cell) {
		Story story = story(cell).kills("a", 60).handles("b", 0, 0, 6000, 6010).handles("b", 0, 1, 6020, 6030);
		assertThat(story.judgedBy(UNCOMMITTED)).singleElement()
			.asString()
			.contains("offset 0 (id 0): b started")
			.contains("only messages from")
			.contains("1");
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void aCommitThatArrivedJustBeforeTheKillCounts(Cell cell) {
		Story story = story(cell).commits(0, 2, 56).kills("a", 60).handles("b", 0, 1, 6000, 6010);
		assertThat(story.judgedBy(KILLS)).singleElement().asString().contains("only messages from");
	}

	@ParameterizedTest
	@EnumSource(value = Cell.class, names = { "READ_CLASSIC", "READ_CONSUMER" }, mode = EnumSource.Mode.EXCLUDE)
	void aCommitAtTheTimeOfTheRestartMayComeAfterIt(Cell cell) {
		Story story = story(cell).kills("a", 60).handles("b", 0, 1, 6000, 6000.5).commits(0, 2, 6000);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		Story early = story(cell).kills("a", 60).handles("b", 0, 1, 6000, 6000.5).commits(0, 2, 5990);
		assertThat(early.judgedBy(KILLS)).hasSize(1);
	}

	@Test
	void underReadTheNewOwnerCommitsWhatItHasReadBeforeItHandlesIt() {
		Story story = story(Cell.READ_CLASSIC).kills("a", 60).commits(0, 9, 6000);
		story.handles("b", 0, 1, 7000, 7010).handles("b", 0, 2, 7000, 7010);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.judgedBy(UNCOMMITTED)).isEmpty();
	}

	@Test
	void underReadWhatTheFormerOwnerCommittedBeforeItsKillIsNotRepeated() {
		Story story = story(Cell.READ_CLASSIC).commits(0, 2, 56).kills("a", 60).handles("b", 0, 1, 6000, 6010);
		assertThat(story.judgedBy(UNCOMMITTED)).singleElement()
			.asString()
			.contains("only messages from 2 on, the last commit before KILLED +0.060000s");
	}

	@Test
	void underReadACommitInTheMomentOfTheKillMayHaveComeTooLate() {
		assertThat(story(Cell.READ_CLASSIC).commits(0, 2, 59)
			.kills("a", 60)
			.handles("b", 0, 1, 6000, 6010)
			.judgedBy(UNCOMMITTED)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void nothingIsRepeatedWithoutACause(Cell cell) {
		Story story = story(cell).handles("b", 0, 1, 6000, 6010);
		assertThat(story.judgedBy(KILLS)).singleElement()
			.asString()
			.contains("without a cause: a was not killed and had no fault before");
		assertThat(story.judgedBy(UNCOMMITTED)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void theKillOfAnotherProcessIsNoCauseNorOneThatComesLater(Cell cell) {
		assertThat(story(cell).kills("c", 60).handles("b", 0, 1, 6000, 6010).judgedBy(KILLS)).hasSize(1);
		assertThat(story(cell).handles("b", 0, 1, 6000, 6010).kills("a", 6100).judgedBy(KILLS)).hasSize(1);
		assertThat(story(cell).kills("b", 7000).handles("b", 0, 1, 6000, 6010).judgedBy(KILLS)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void aCleanStopOrARebalanceIsNoCause(Cell cell) {
		for (FaultKind kind : new FaultKind[] { FaultKind.STOPPED_CLEAN, FaultKind.REBALANCE }) {
			assertThat(story(cell).fault(kind, "a", 60, 70).handles("b", 0, 1, 6000, 6010).judgedBy(KILLS)).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void whatTheSameProcessRepeatsNeedsACauseToo(Cell cell) {
		assertThat(story(cell).handles("a", 0, 1, 6000, 6010).judgedBy(KILLS)).hasSize(1);
		assertThat(story(cell).faultOfAll(FaultKind.NETWORK, 60, 3000).handles("a", 0, 1, 6000, 6010).judgedBy(KILLS))
			.isEmpty();
	}

	@ParameterizedTest
	@EnumSource(value = FaultKind.class, names = { "PAUSED", "OVERRUN", "STARVED", "BROKER_KILLED", "BROKER_STOPPED",
			"BROKER_PAUSED", "NETWORK", "LEADERS_MOVED", "CRASHED" })
	void otherFaultsAreCausesUntilTheyHaveSettled(FaultKind kind) {
		Story story = story(Cell.INTERVAL_CLASSIC).fault(kind, "a", 60, 4000).handles("b", 0, 1, 6000, 6010);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		// Over long before the message was begun for the first time.
		Story early = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.fault(kind, "a", 10, 20)
			.handles("a", 0, 0, 15_021, 15_030)
			.handles("b", 0, 0, 20_000, 20_010);
		assertThat(early.judgedBy(KILLS)).hasSize(1);
	}

	@Test
	void underEachMessageAKillRepeatsOneMessageAndNotTwo() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.commits(0, 0, 1)
			.commits(1, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 1, 0, 30, 40)
			.kills("a", 50)
			.handles("b", 0, 0, 6000, 6010);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.handles("c", 1, 0, 6000, 6010).judgedBy(KILLS)).singleElement()
			.asString()
			.contains("partition 1 offset 0")
			.contains("at most 1 for KILLED +0.050000s");
	}

	@Test
	void underEachMessageAMessageThatTheKillCutOffIsTheOne() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.commits(0, 0, 1)
			.commits(1, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.begins("a", 1, 0, 30)
			.kills("a", 50)
			.handles("b", 1, 0, 6000, 6010);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.handles("b", 0, 0, 6020, 6030).judgedBy(KILLS)).hasSize(1);
	}

	@Test
	void underEachMessageEachKillRepeatsOne() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.kills("a", 50)
			.handles("b", 0, 0, 6000, 6010)
			.kills("b", 6020)
			.handles("c", 0, 0, 12_000, 12_010);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.handles("d", 0, 0, 13_000, 13_010).judgedBy(KILLS)).hasSize(1);
	}

	@Test
	void underEachMessageARepeatThatFailsAndIsTriedAgainIsStillTheOne() {
		assertThat(Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.kills("a", 50)
			.fails("b", 0, 0, 6000, 6010)
			.handles("b", 0, 0, 7000, 7010)
			.judgedBy(KILLS)).isEmpty();
	}

	@Test
	void otherStrategiesRepeatAsMuchOfEachPartitionAsMayBeUncommitted() {
		Story story = Story.of(Cell.CONTINUOUS_CLASSIC)
			.limits(1, 2, 12)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.commits(0, 0, 1)
			.commits(1, 0, 1);
		for (int i = 0; i < 3; i++) {
			story.handles("a", 0, i, 10 + 20 * i, 20 + 20 * i).handles("a", 1, i, 20 + 20 * i, 30 + 20 * i);
		}
		story.kills("a", 200);
		for (int i = 0; i < 2; i++) {
			story.handles("b", 0, i, 6000 + 20 * i, 6010 + 20 * i).handles("b", 1, i, 6010 + 20 * i, 6020 + 20 * i);
		}
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.handles("b", 1, 2, 6100, 6110).judgedBy(KILLS)).singleElement()
			.asString()
			.contains("partition 1 offset 2")
			.contains("at most 2 of a partition for KILLED");
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void whatFailedOrWasInterruptedWasNotHandledBefore(Cell cell) {
		Story story = Story.of(cell)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.fails("a", 0, 0, 10, 20)
			.interrupted("a", 0, 0, 1000, 1010)
			.handles("b", 0, 0, 6000, 6010);
		for (RepeatsWithinBound guarantee : new RepeatsWithinBound[] { NONE, KILLS, UNCOMMITTED }) {
			assertThat(story.judgedBy(guarantee)).isEmpty();
		}
	}

	@Test
	void inFastModeAFailureRepeatsWhatWasHandledBehindItAndInOrderThereIsNothingBehind() {
		for (Cell cell : Cell.values()) {
			Story story = Story.of(cell)
				.holdsFirst(0, 9)
				.commits(0, 0, 1)
				.handles("a", 0, 1, 10, 20)
				.fails("a", 0, 0, 10, 30)
				.handles("b", 0, 1, 6000, 6010);
			boolean fast = cell.commit() == CommitStrategy.READ || cell.commit() == CommitStrategy.PROCESSED;
			assertThat(story.judgedBy(KILLS)).as(cell.name()).hasSize(fast ? 0 : 1);
		}
	}

	@ParameterizedTest
	@EnumSource(Cell.class)
	void aMessageThatAPausedProcessHadInHandIsHandledByTheNextOwner(Cell cell) {
		// Process a goes on where it was when it is resumed.
		Story story = Story.of(cell)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20_010)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.commits(0, 1, 6020);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.judgedBy(NONE)).hasSize(1);
	}

	@Test
	void aMessageHandedOverBeforeAPauseMayBeBegunAfterItThoughItIsCommittedByThen() {
		for (Cell cell : Cell.values()) {
			Story story = Story.of(cell)
				.holdsFirst(0, 9)
				.commits(0, 0, 1)
				.lives("a", 10)
				.fault(FaultKind.PAUSED, "a", 15, 20_000)
				.handles("b", 0, 0, 6000, 6010)
				.commits(0, 1, 6020)
				.handles("a", 0, 0, 20_001, 20_002);
			assertThat(story.judgedBy(KILLS)).as(cell.name()).isEmpty();
		}
	}

	@Test
	void aPauseExcusesOnlyAsManyAsCanBeInFlight() {
		Story story = Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.handles("b", 0, 1, 6020, 6030)
			.commits(0, 2, 6040)
			.handles("a", 0, 0, 20_001, 20_002)
			.handles("a", 0, 1, 20_003, 20_004);
		assertThat(story.judgedBy(KILLS)).singleElement().asString().contains("offset 1 (id 1): a started +20.003000s");
		assertThat(story.judgedBy(new RepeatsWithinBound(Repeats.KILLS, 2))).isEmpty();
	}

	@Test
	void aPauseExcusesNothingThatWasCommittedBeforeItNorWhatBeginsLongAfter() {
		Story committed = Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 1, 30)
			.fault(FaultKind.PAUSED, "a", 50, 20_000)
			.handles("a", 0, 0, 20_001, 20_002);
		assertThat(committed.judgedBy(UNCOMMITTED)).hasSize(1);
		Story late = Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.commits(0, 1, 6020)
			.handles("a", 0, 0, 35_001, 35_002);
		assertThat(late.judgedBy(UNCOMMITTED)).hasSize(1);
	}

	@Test
	void thePauseOfAnotherProcessExcusesNothing() {
		assertThat(Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.fault(FaultKind.PAUSED, "c", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.commits(0, 1, 6020)
			.handles("a", 0, 0, 20_001, 20_002)
			.judgedBy(UNCOMMITTED)).hasSize(1);
	}

	@Test
	void afterACommitThatWentBackTheLowerOneIsTheLast() {
		assertThat(story(Cell.INTERVAL_CLASSIC).commits(0, 2, 60)
			.commits(0, 1, 100)
			.kills("a", 200)
			.handles("b", 0, 1, 6000, 6010)
			.judgedBy(KILLS)).isEmpty();
	}

	@Test
	void theSameOffsetInATopicCreatedAnewIsAnotherMessage() {
		assertThat(story(Cell.EACH_MESSAGE_CLASSIC).recreated(1000, 2000)
			.holdsFirst(0, 9)
			.commits(0, Commit.DELETED, 1500)
			.handles("a", 0, 0, 2100, 2110)
			.handles("a", 0, 1, 2200, 2210)
			.judgedBy(NONE)).isEmpty();
	}

	@Test
	void aGapBehindTheCommitIsNoMessageThatWouldBeRepeated() {
		// Committed is the offset of a transaction marker; the next message is at 7.
		Story story = Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 0, 3, 7)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 3, 30, 40)
			.handles("a", 0, 7, 50, 60)
			.commits(0, 4, 70)
			.kills("a", 80);
		assertThat(story.handles("b", 0, 7, 6000, 6010).judgedBy(KILLS)).isEmpty();
		assertThat(story.handles("c", 0, 3, 6020, 6030).judgedBy(UNCOMMITTED)).hasSize(1);
	}

	@Test
	void everyStrategyHasACellHere() {
		assertThat(Stream.of(Cell.values()).map(Cell::commit).distinct()).hasSize(CommitStrategy.values().length);
	}

}
