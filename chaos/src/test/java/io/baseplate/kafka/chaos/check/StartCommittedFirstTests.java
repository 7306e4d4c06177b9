package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StartCommittedFirstTests {

	private static final StartCommittedFirst GUARANTEE = new StartCommittedFirst();

	@Test
	void holdsWhereTheStartIsCommittedBeforeTheFirstMessageAndAtTheSameTimeMayBeBefore() {
		for (double begun : new double[] { 100, 99, 98 }) {
			assertThat(Story.of(Cell.READ_CLASSIC)
				.holdsFirst(0, 1)
				.ends(1, 0)
				.commits(0, 0, 100)
				.handles("a", 0, 0, begun, 200)
				.judgedBy(GUARANTEE)).isEmpty();
		}
	}

	@Test
	void aMessageBeforeTheFirstCommitIsTooEarly() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 1)
			.commits(0, 0, 100)
			.handles("a", 0, 0, 97, 200)
			.judgedBy(GUARANTEE)).singleElement().asString().contains("comes before the first commit 0");
	}

	@Test
	void aMessageWithoutAnyCommitIsTooEarly() {
		assertThat(Story.of(Cell.READ_CLASSIC).holdsFirst(0, 1).begins("a", 0, 0, 97).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("offset 0 (id 0)")
			.contains("before any commit");
	}

	@Test
	void aFirstCommitBehindTheFirstMessageIsNoStart() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 2)
			.commits(0, 1, 50)
			.handles("a", 0, 0, 97, 200)
			.judgedBy(GUARANTEE)).singleElement().asString().contains("before the start");
	}

	@Test
	void aNewIncarnationMeetsAPartitionThatIsAssignedAlready() {
		assertThat(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 1)
			.commits(0, 0, 100)
			.handles("a", 0, 0, 150, 200)
			.recreated(1000, 2000)
			.holdsFirst(0, 1)
			.handles("a", 0, 0, 2100, 2200)
			.judgedBy(GUARANTEE)).isEmpty();
	}

}
