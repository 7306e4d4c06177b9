package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommittedBeforeNextTests {

	private static final CommittedBeforeNext GUARANTEE = new CommittedBeforeNext();

	private static Story story() {
		return Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 5)
			.holdsFirst(1, 5)
			.commits(0, 0, 1)
			.commits(1, 0, 1)
			.handles("a", 0, 0, 10, 20);
	}

	@Test
	void holdsWhereACommitComesBetweenTwoMessagesOfWhateverPartition() {
		assertThat(story().commits(0, 1, 22)
			.handles("a", 1, 0, 23, 30)
			.commits(1, 1, 35)
			.handles("a", 0, 1, 36, 40)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aMessageOfAnotherPartitionBeforeTheCommitIsTooEarly() {
		assertThat(story().handles("a", 1, 0, 23, 30).commits(0, 1, 40).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("partition 1 offset 0 (id 10000): a started +0.023000s")
			.contains("after partition 0 offset 0 (id 0): a started +0.010000s, ended +0.020000s")
			.contains("the first that passes it is commit 1 (taken +0.038000s");
	}

	@Test
	void theNextOfTheSamePartitionBeforeTheCommitIsTooEarly() {
		assertThat(story().handles("a", 0, 1, 23, 30).commits(0, 2, 40).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aCommitThatDoesNotPassTheMessageIsNoneOfIt() {
		assertThat(story().commits(0, 0, 21).handles("a", 0, 1, 23, 30).commits(0, 2, 40).judgedBy(GUARANTEE))
			.hasSize(1);
	}

	@Test
	void aMessageWithoutAnyCommitIsTooEarlyWhereThePartitionWentOn() {
		assertThat(story().handles("a", 1, 0, 23, 30).commits(1, 1, 40).handles("a", 0, 1, 50, 60).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("no commit passes it");
	}

	@Test
	void aPartitionThatIsGoneNeedsNoCommitWhereSomebodyHandlesTheMessageAgain() {
		assertThat(story().handles("a", 1, 0, 23, 30)
			.handles("b", 0, 0, 5000, 5010)
			.commits(0, 1, 5020)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void whereAPartitionIsNeverHeardOfAgainNothingIsKnown() {
		assertThat(story().handles("a", 1, 0, 23, 30).judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void whatFailedOrWasInterruptedNeedsNoCommit() {
		assertThat(Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 5)
			.fails("a", 0, 0, 10, 20)
			.interrupted("a", 0, 0, 23, 30)
			.begins("a", 0, 0, 40)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void eachProcessIsItsOwn() {
		assertThat(story().handles("b", 1, 0, 15, 30).commits(0, 1, 40).commits(1, 1, 41).judgedBy(GUARANTEE))
			.isEmpty();
	}

	@Test
	void theLastMessageOfATopicThatWasDeletedNeedsNoCommitAndTheOneBeforeDoes() {
		assertThat(story().recreated(21, 22).holdsFirst(0, 2).handles("a", 0, 0, 30, 40).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().handles("a", 0, 1, 25, 30)
			.recreated(31, 32)
			.holdsFirst(0, 2)
			.handles("a", 0, 0, 40, 50)
			.judgedBy(GUARANTEE)).singleElement().asString().startsWith("partition 0 offset 1 (id 1)");
	}

}
