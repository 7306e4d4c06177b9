package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AttributionTests {

	private static final RepeatsWithinBound KILLS = new RepeatsWithinBound(Repeats.KILLS, 1);

	/**
	 * The first restart may be of the pause or of the kill, the second only of the kill.
	 */
	@Test
	void aCauseIsLeftToTheRestartThatHasNoOther() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 1)
			.holdsFirst(1, 1)
			.commits(0, 0, 1)
			.commits(1, 0, 1)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.commits(0, 1, 6020)
			.handles("b", 1, 0, 6030, 6040)
			.kills("b", 6050)
			.handles("a", 0, 0, 20_001, 20_002)
			.handles("c", 1, 0, 20_001, 20_002);
		assertThat(story.judgedBy(KILLS)).isEmpty();
	}

	@Test
	void whatIsTooManyInEveryDistributionIsTold() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 1)
			.holdsFirst(1, 1)
			.holdsFirst(2, 1)
			.commits(0, 0, 1)
			.commits(1, 0, 1)
			.commits(2, 0, 1)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.handles("b", 1, 0, 6030, 6040)
			.handles("b", 2, 0, 6042, 6045)
			.kills("b", 6050)
			.handles("a", 0, 0, 20_001, 20_002)
			.handles("a", 1, 0, 20_003, 20_004)
			.handles("c", 2, 0, 20_001, 20_002);
		assertThat(story.judgedBy(KILLS)).singleElement().asString().contains("at most 1 for KILLED +6.050000s");
	}

	@Test
	void longChainsOfReassignmentsAreFound() {
		// Each process handles a message and is killed, and each next one is killed too:
		// every restart but the last has two causes.
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC).holdsFirst(0, 1).commits(0, 0, 1);
		int kills = 50;
		for (int i = 0; i < kills; i++) {
			story.handles("app-" + i, 0, 0, 10_000 * i + 10, 10_000 * i + 20).kills("app-" + i, 10_000 * i + 30);
		}
		story.handles("last", 0, 0, 10_000 * kills, 10_000 * kills + 10);
		assertThat(story.judgedBy(KILLS)).isEmpty();
		assertThat(story.handles("one more", 0, 0, 10_000 * kills + 20, 10_000 * kills + 30).judgedBy(KILLS))
			.hasSize(1);
	}

}
