package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OrderPerPartitionTests {

	private static final OrderPerPartition GUARANTEE = new OrderPerPartition(1);

	private static Story story() {
		return Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 0, 1, 4, 5, 6)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 1, 30, 40)
			.commits(0, 1, 45)
			.handles("a", 0, 4, 50, 60);
	}

	@Test
	void holdsWhereEachMessageBeginsAfterTheOneBeforeHasEndedAlsoInAnotherProcess() {
		assertThat(story().handles("b", 0, 5, 60, 70).handles("c", 0, 6, 80, 90).judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void mayGoBackToExactlyTheLastCommitAndNotToTheMessageBefore() {
		assertThat(story().handles("b", 0, 1, 6000, 6010).handles("b", 0, 4, 6020, 6030).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().handles("b", 0, 0, 6000, 6010).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 0 (id 0): b started +6.000000s")
			.contains("after partition 0 offset 4 (id 4): a started +0.050000s")
			.contains("when the commit in force was 1");
	}

	@Test
	void mayBeginTheSameMessageAgainWhereItIsNotCommitted() {
		assertThat(story().handles("b", 0, 4, 6000, 6010).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().commits(0, 5, 65).handles("b", 0, 4, 6000, 6010).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aMessageThatIsLeftOutBreaksTheOrder() {
		assertThat(story().handles("a", 0, 6, 70, 80).handles("a", 0, 5, 90, 100).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 6 (id 6): a started +0.070000s")
			.contains("but partition 0 offset 5 (id 5) was first handled: +0.100000s");
	}

	@Test
	void aMessageThatBeginsBeforeTheOneBeforeHasEndedBreaksTheOrder() {
		assertThat(story().handles("a", 0, 5, 59.999, 70).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 4 (id 4) was first handled: +0.060000s");
	}

	@Test
	void theMessageAfterOneThatFailedWasInterruptedOrHasNoEndBreaksTheOrder() {
		assertThat(story().fails("a", 0, 5, 70, 80).handles("a", 0, 6, 90, 100).judgedBy(GUARANTEE)).hasSize(1);
		assertThat(story().interrupted("a", 0, 5, 70, 80).handles("a", 0, 6, 90, 100).judgedBy(GUARANTEE)).hasSize(1);
		assertThat(story().begins("a", 0, 5, 70).handles("a", 0, 6, 90, 100).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void gapsAndInvalidMessagesAreNotWaitedFor() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 0, 7, 9)
			.holdsInvalid(0, 8)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 7, 30, 40)
			.handles("a", 0, 9, 50, 60)
			.judgedBy(GUARANTEE)).isEmpty();
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 0, 7, 9)
			.holdsInvalid(0, 8)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 9, 50, 60)
			.judgedBy(GUARANTEE)).singleElement().asString().contains("offset 7 (id 7) was first handled: never");
	}

	@Test
	void whatIsBeforeTheStartIsNotWaitedFor() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 3, 1)
			.handles("a", 0, 3, 10, 20)
			.handles("a", 0, 4, 30, 40)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aGroupThatBeginsBehindItsStartLeavesOutMessages() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 9)
			.begins(0, 0)
			.handles("a", 0, 1, 10, 20)
			.judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void partitionsAreNotOrderedAmongEachOther() {
		assertThat(story().holdsFirst(1, 2)
			.commits(1, 0, 1)
			.handles("a", 1, 0, 42, 45)
			.handles("a", 1, 1, 62, 65)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aMessageHandedOverBeforeAPauseMayComeLateOnce() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 0, 1)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.commits(0, 1, 6020)
			.handles("b", 0, 1, 6030, 6040)
			.commits(0, 2, 6050)
			.handles("a", 0, 0, 20_001, 20_002)
			.handles("b", 0, 2, 20_003, 20_010);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.judgedBy(new OrderPerPartition(0))).hasSize(1);
		assertThat(story.handles("a", 0, 1, 20_005, 20_006).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 1 (id 1): a started +20.005000s");
	}

	@Test
	void aTopicThatIsCreatedAnewBeginsAnew() {
		assertThat(story().recreated(1000, 2000)
			.holdsFirst(0, 3)
			.handles("a", 0, 0, 2010, 2020)
			.handles("a", 0, 1, 2030, 2040)
			.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().recreated(1000, 2000).holdsFirst(0, 3).handles("a", 0, 1, 2010, 2020).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("incarnation 2");
	}

	@Test
	void whileItIsNotCertainWhichCommitIsTheLastBothWillDo() {
		assertThat(story().commits(0, 5, 6000).handles("b", 0, 4, 6002, 6010).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().commits(0, 5, 6000).handles("b", 0, 4, 6003.1, 6010).judgedBy(GUARANTEE)).hasSize(1);
	}

}
