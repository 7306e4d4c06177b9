package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AtMostConcurrencyTests {

	private static final AtMostConcurrency GUARANTEE = new AtMostConcurrency(0);

	@Test
	void holdsWhereOneEndsBeforeTheNextBeginsAlsoInTheSameNanosecond() {
		assertThat(Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 3)
			.holdsFirst(1, 3)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 1, 0, 20, 30)
			.fails("a", 0, 1, 30, 40)
			.interrupted("a", 0, 1, 40, 50)
			.handles("b", 0, 2, 15, 45)
			.begins("a", 0, 1, 50)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void twoMessagesOfDifferentPartitionsAtATimeAreOneTooMany() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.holdsFirst(1, 3)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 1, 2, 19.999, 30)
			.judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("2 invocations at a time, expected: one after the other, at most 1")
			.contains("partition 1 offset 2 (id 10002) a started +0.019999s")
			.contains("partition 0 offset 0 (id 0) a started +0.010000s, ended +0.020000s");
	}

	@Test
	void aMessageWithoutAnEndIsStillInTheHandler() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.begins("a", 0, 0, 10)
			.handles("a", 0, 1, 5000, 5010)
			.judgedBy(GUARANTEE)).singleElement().asString().contains("no end");
	}

	@Test
	void fastHandlesAsManyAsWasSaidAndNotOneMore() {
		Story story = Story.of(Cell.READ_CLASSIC)
			.limits(3, 100, 12)
			.holdsFirst(0, 9)
			.handles("a", 0, 2, 10, 20)
			.handles("a", 0, 1, 10, 20)
			.handles("a", 0, 0, 11, 30)
			.handles("a", 0, 3, 20, 30)
			.handles("a", 0, 4, 20, 30);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handles("a", 0, 5, 29, 31).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.startsWith("4 invocations at a time, expected: at most 3: partition 0 offset 5");
	}

	@Test
	void eachProcessHasItsOwnHandlers() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 1)
			.holdsFirst(1, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("b", 1, 0, 10, 20)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void asManyHandlersMayBeLeftBehindAsTheRowSays() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.begins("a", 0, 0, 10)
			.handles("a", 0, 1, 5000, 5010);
		assertThat(story.judgedBy(new AtMostConcurrency(1))).isEmpty();
		assertThat(story.handles("a", 0, 2, 5005, 5020).judgedBy(new AtMostConcurrency(1))).hasSize(1);
	}

}
