package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommittedNeverGoesBackTests {

	private static final CommittedNeverGoesBack GUARANTEE = new CommittedNeverGoesBack();

	@Test
	void holdsWhereCommitsOfEachPartitionGoForwardOrStay() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.commits(0, 5, 1)
			.commits(1, 2, 2)
			.commits(0, 5, 3)
			.commits(0, 6, 3)
			.commits(1, 3, 4)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aLowerCommitByOneInTheSameMillisecondGoesBack() {
		assertThat(
				Story.of(Cell.READ_CLASSIC).holdsFirst(0, 9).commits(0, 5, 100).commits(0, 4, 100).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("commit 4")
			.contains("follows commit 5");
	}

	@Test
	void theOrderOfTheLogCountsAndNotTheTime() {
		assertThat(
				Story.of(Cell.READ_CLASSIC).holdsFirst(0, 9).commits(0, 5, 100).commits(0, 6, 90).judgedBy(GUARANTEE))
			.isEmpty();
	}

	@Test
	void aReturnToWhereItWasIsToldOnce() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 5, 100)
			.commits(0, 3, 200)
			.commits(0, 4, 300)
			.commits(0, 5, 400)
			.judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aTopicThatIsCreatedAnewBeginsAnewAndThenGoesForward() {
		Story story = Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 9, 100)
			.recreated(1000, 2000)
			.holdsFirst(0, 9)
			.commits(0, Commit.DELETED, 1100)
			.commits(0, 0, 1200)
			.commits(0, 4, 1300);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.commits(0, 3, 3000).judgedBy(GUARANTEE)).singleElement().asString().contains("incarnation 2");
	}

	@Test
	void afterACommitWasDeletedTheOrderBeginsAnew() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 9)
			.commits(0, 9, 100)
			.commits(0, Commit.DELETED, 200)
			.commits(0, 2, 300)
			.judgedBy(GUARANTEE)).isEmpty();
	}

}
