package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NothingLostTests {

	private static final NothingLost QUIET = new NothingLost(true, false);

	private static final NothingLost CRASHES = new NothingLost(true, true);

	@Test
	void holdsWhereEverythingWasHandledWhateverTheOffsetsAre() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 3, 4, 7)
			.holdsInvalid(0, 8)
			.ends(0, 12)
			.begins(0, 0)
			.handles("a", 0, 3, 10, 20)
			.handles("a", 0, 7, 30, 40)
			.handles("b", 0, 4, 50, 60)
			.judgedBy(QUIET)).isEmpty();
	}

	@Test
	void oneMessageThatNobodyHandledIsLost() {
		assertThat(Story.of(Cell.PROCESSED_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 2, 30, 40)
			.commits(0, 3, 100)
			.judgedBy(QUIET)).singleElement()
			.asString()
			.contains("partition 0 offset 1 (id 1): not handled")
			.contains("commit 3")
			.contains("no handler saw it");
	}

	@Test
	void aMessageThatOnlyFailedWasInterruptedOrWasCutOffIsLost() {
		assertThat(Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holds(0, 0, 2, 4)
			.fails("a", 0, 0, 10, 20)
			.interrupted("b", 0, 2, 30, 40)
			.begins("c", 0, 4, 50)
			.judgedBy(QUIET)).singleElement()
			.asString()
			.contains("offset 0 (id 0) to offset 4")
			.contains("3 in a row")
			.contains("a started +0.010000s, failed +0.020000s");
	}

	@Test
	void theFirstMessageFromTheStartOnIsDueAndTheOneBeforeIsNot() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC).holds(0, 4, 5, 6).handles("a", 0, 6, 10, 20);
		assertThat(story.begins(0, 6).judgedBy(QUIET)).isEmpty();
		assertThat(story.begins(0, 5).judgedBy(QUIET)).singleElement().asString().contains("offset 5 (id 5): not");
	}

	@Test
	void withoutASaidStartTheFirstCommitIsTheStartAndWithoutACommitEverythingIsDue() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC).holds(0, 4, 5, 6).handles("a", 0, 6, 10, 20);
		assertThat(story.judgedBy(QUIET)).singleElement().asString().contains("offset 4 (id 4) to offset 5");
		assertThat(story.commits(0, 6, 1).judgedBy(QUIET)).isEmpty();
	}

	@Test
	void aMessageAtTheEndThatNoCommitPassesIsLostToo() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 2)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 1, 100)
			.judgedBy(QUIET)).singleElement().asString().contains("offset 1 (id 1)").contains("the last commit is 1");
	}

	@Test
	void gapsOfLostMessagesAreToldEachByItself() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 5)
			.handles("a", 0, 1, 10, 20)
			.handles("a", 0, 4, 30, 40)
			.judgedBy(QUIET)).hasSize(2);
	}

	@Test
	void whereTheRowDidNotWaitOnlyWhatIsCommittedIsDue() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 4)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 2, 100);
		assertThat(story.judgedBy(new NothingLost(false, false))).singleElement()
			.asString()
			.contains("offset 1 (id 1): not");
		assertThat(story.handles("a", 0, 1, 30, 40).judgedBy(new NothingLost(false, false))).isEmpty();
	}

	@Test
	void whatWasInATopicThatWasDeletedIsNotMissedAndWhatIsInTheNewOneIs() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.handles("a", 0, 0, 10, 20)
			.recreated(1000, 2000)
			.holdsFirst(0, 2)
			.handles("a", 0, 1, 2010, 2020)
			.judgedBy(QUIET)).singleElement().asString().contains("partition 0 (incarnation 2) offset 0 (id 1000000)");
	}

	@Test
	void aPartitionThatNobodyEverSawIsLost() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 1)
			.holdsFirst(7, 1)
			.handles("a", 0, 0, 10, 20)
			.judgedBy(QUIET)).singleElement().asString().contains("partition 7 offset 0");
	}

	@Test
	void underReadACrashMayLoseWhatWasReadAndCommitted() {
		assertThat(crashUnderRead().judgedBy(CRASHES)).isEmpty();
	}

	@Test
	void underReadNothingMayBeLostWhereTheRowAllowsNothing() {
		assertThat(crashUnderRead().judgedBy(QUIET)).singleElement().asString().contains("offset 1 (id 1) to offset 2");
	}

	@Test
	void noOtherStrategyMayLoseThroughACrash() {
		for (Cell cell : new Cell[] { Cell.EACH_MESSAGE_CONSUMER, Cell.CONTINUOUS_CLASSIC, Cell.INTERVAL_CLASSIC,
				Cell.PROCESSED_CONSUMER }) {
			assertThat(crash(Story.of(cell)).judgedBy(CRASHES)).as(cell.name()).hasSize(1);
		}
	}

	@Test
	void underReadWhatNoCommitPassesIsNotLostThroughACrash() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 2)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 1, 100)
			.kills("a", 200)
			.judgedBy(CRASHES)).singleElement().asString().contains("offset 1 (id 1): not handled");
	}

	@Test
	void underReadWhatIsCommittedLongAfterTheLastCrashIsNotLostThroughIt() {
		Story story = Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 2)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.kills("a", 200);
		assertThat(story.commits(0, 2, 15_300).judgedBy(CRASHES)).singleElement()
			.asString()
			.contains("offset 1 (id 1)");
	}

	@Test
	void underReadACrashLosesNoMoreThanCanBeReadAhead() {
		Story story = Story.of(Cell.READ_CLASSIC)
			.limits(2, 100, 5)
			.holdsFirst(0, 6)
			.commits(0, 0, 1)
			.commits(0, 6, 100)
			.kills("a", 200);
		assertThat(story.judgedBy(CRASHES)).singleElement()
			.asString()
			.isEqualTo("6 messages were lost; 1 crashes and failures explain at most 5, 5 for each");
		assertThat(story.handles("a", 0, 3, 10, 20).judgedBy(CRASHES)).isEmpty();
	}

	@Test
	void underReadAFailureAndAnOverrunExplainLossesToo() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 0, 1)
			.commits(0, 3, 100)
			.fails("a", 0, 0, 110, 120)
			.judgedBy(CRASHES)).isEmpty();
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 0, 1)
			.commits(0, 3, 100)
			.lives("a", 100)
			.fault(FaultKind.OVERRUN, "a", 90, 200)
			.judgedBy(CRASHES)).isEmpty();
	}

	@Test
	void underReadAPauseOrABrokerThatIsAwayIsNoReasonToLose() {
		for (FaultKind kind : new FaultKind[] { FaultKind.PAUSED, FaultKind.BROKER_KILLED, FaultKind.NETWORK,
				FaultKind.REBALANCE, FaultKind.STOPPED_CLEAN }) {
			assertThat(Story.of(Cell.READ_CLASSIC)
				.holdsFirst(0, 1)
				.commits(0, 0, 1)
				.commits(0, 1, 100)
				.lives("a", 100)
				.fault(kind, "a", 90, 200)
				.judgedBy(CRASHES)).as(kind.name()).hasSize(1);
		}
	}

	private static Story crashUnderRead() {
		return crash(Story.of(Cell.READ_CLASSIC));
	}

	private static Story crash(Story story) {
		return story.holdsFirst(0, 4)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.begins("a", 0, 1, 20)
			.commits(0, 3, 100)
			.kills("a", 200)
			.handles("b", 0, 3, 6200, 6300);
	}

}
