package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LagZeroTests {

	private static final LagZero GUARANTEE = new LagZero();

	@Test
	void holdsWhereTheLastCommitIsTheEndBehindTransactionMarkersToo() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 0, 1)
			.ends(0, 5)
			.ends(1, 0)
			.commits(0, 0, 1)
			.commits(0, 5, 100)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aCommitBehindTheLastMessageAndBeforeTheMarkerLags() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC).holds(0, 0, 1).ends(0, 3).commits(0, 2, 100).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("the last is commit 2")
			.contains("its end is 3");
	}

	@Test
	void aCommitBeyondTheEndIsNoZeroEither() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC).holds(0, 0).commits(0, 2, 100).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void theLastCommitCountsAndNotTheHighest() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 3, 100)
			.commits(0, 2, 200)
			.judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void messagesWithoutACommitLag() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC).holdsFirst(0, 3).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("there is no commit, it began at 0");
		assertThat(Story.of(Cell.INTERVAL_CLASSIC).holdsFirst(0, 3).begins(0, 3).judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void onlyTheLastIncarnationCounts() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 1, 100)
			.recreated(1000, 2000)
			.holdsFirst(0, 2)
			.commits(0, Commit.DELETED, 1500)
			.commits(0, 1, 2500)
			.judgedBy(GUARANTEE)).singleElement().asString().contains("incarnation 2").contains("its end is 2");
	}

}
