package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UncommittedWithinBoundTests {

	private static final UncommittedWithinBound GUARANTEE = new UncommittedWithinBound();

	@Test
	void asManyMessagesAsTheBoundMayBeginAndNotOneMore() {
		for (Cell cell : new Cell[] { Cell.CONTINUOUS_CLASSIC, Cell.INTERVAL_CLASSIC, Cell.PROCESSED_CLASSIC,
				Cell.READ_CLASSIC }) {
			Story story = Story.of(cell)
				.limits(4, 3, 12)
				.holds(0, 0, 1, 5, 9, 10, 11)
				.commits(0, 1, 100)
				.handles("a", 0, 1, 200, 210)
				.handles("a", 0, 5, 200, 210)
				.handles("a", 0, 9, 200, 210);
			assertThat(story.judgedBy(GUARANTEE)).isEmpty();
			assertThat(story.handles("a", 0, 10, 300, 310).judgedBy(GUARANTEE)).singleElement()
				.asString()
				.contains("offset 10 (id 10): a started +0.300000s")
				.contains("the last commit was 1 at most: 3 messages before; expected: 2 at most");
		}
	}

	@Test
	void aCommitThatCanHaveBeenTakenCounts() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC).limits(1, 2, 2).holdsFirst(0, 9).commits(0, 0, 1);
		story.handles("a", 0, 2, 98, 110).commits(0, 1, 100);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handles("a", 0, 3, 197.9, 210).commits(0, 2, 200).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void withoutACommitTheStartCounts() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC).limits(1, 2, 2).holdsFirst(0, 9).begins(0, 4);
		assertThat(story.handles("a", 0, 5, 98, 110).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handles("a", 0, 6, 120, 130).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void underEachMessageOnlyTheFirstValidMessageBehindTheCommitMayBegin() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holds(0, 0, 3, 6)
			.holdsInvalid(0, 4)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 1, 30)
			.handles("a", 0, 3, 40, 50);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handles("a", 0, 6, 60, 70).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 6 (id 6)")
			.contains("expected: 0 at most");
		assertThat(story.commits(0, 3, 61).judgedBy(GUARANTEE)).hasSize(1);
		assertThat(story.commits(0, 4, 62).judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void whatIsHandledBehindACommitIsNotAheadOfIt() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.limits(4, 2, 2)
			.holdsFirst(0, 9)
			.commits(0, 9, 100)
			.handles("a", 0, 3, 200, 210)
			.judgedBy(GUARANTEE)).isEmpty();
	}

}
