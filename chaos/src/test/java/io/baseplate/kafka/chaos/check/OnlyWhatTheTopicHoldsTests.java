package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OnlyWhatTheTopicHoldsTests {

	private static final OnlyWhatTheTopicHolds GUARANTEE = new OnlyWhatTheTopicHolds();

	@Test
	void holdsWhereOffsetsAndIdsAreThoseOfTheTopic() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holds(0, 0, 5)
			.handles("a", 0, 5, 10, 20)
			.handles("a", 0, 0, 10, 20)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void anAbortedMessageWasNotToBeHandled() {
		assertThat(Story.of(Cell.READ_CLASSIC).holds(0, 0, 5).handlesForeign("a", 0, 3, 77, 10, 20).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("partition 0 offset 3 (id 77): a started it +0.010000s")
			.contains("the topic holds nothing there");
	}

	@Test
	void anotherMessageThanTheOneAtThatOffsetWasNotToBeHandled() {
		assertThat(Story.of(Cell.READ_CLASSIC).holds(0, 0, 5).handlesForeign("a", 0, 5, 77, 10, 20).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("the topic holds id 5 there");
	}

	@Test
	void anInvalidMessageDoesNotReachTheHandler() {
		assertThat(Story.of(Cell.READ_CLASSIC).holdsInvalid(0, 0).handles("a", 0, 0, 10, 20).judgedBy(GUARANTEE))
			.hasSize(1);
	}

	@Test
	void aPartitionThatDoesNotExistHasNoMessages() {
		assertThat(Story.of(Cell.READ_CLASSIC).holdsFirst(0, 1).handles("a", 9, 0, 10, 20).judgedBy(GUARANTEE))
			.hasSize(1);
	}

	@Test
	void messagesOfATopicThatWasDeletedAreItsOwn() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 2)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 1, 2500, 2600)
			.recreated(1000, 2000)
			.holdsFirst(0, 2)
			.handles("a", 0, 0, 2700, 2800)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void anUnknownMessageMayBeOneOfTheTopicThatWasDeletedButNotLongAfter() {
		Story story = Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 2)
			.recreated(1000, 2000)
			.holdsFirst(0, 2)
			.handlesForeign("a", 0, 9, 77, 62_000, 62_010);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handlesForeign("a", 0, 9, 77, 62_001, 62_010).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aThousandAreNotToldOneByOne() {
		Story story = Story.of(Cell.READ_CLASSIC).holdsFirst(0, 1);
		for (int i = 0; i < 1000; i++) {
			story.handlesForeign("a", 0, 5, i, i, i + 1);
		}
		assertThat(story.judgedBy(GUARANTEE)).hasSize(21).last().asString().isEqualTo("and 980 more of this kind");
	}

}
