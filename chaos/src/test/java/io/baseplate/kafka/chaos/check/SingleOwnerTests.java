package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class SingleOwnerTests {

	private static final SingleOwner GUARANTEE = new SingleOwner(1);

	@Test
	void holdsWhereOneProcessHasEndedBeforeTheNextBegins() {
		assertThat(Story.of(Cell.PROCESSED_CLASSIC)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.handles("a", 0, 0, 10, 30)
			.handles("a", 0, 1, 10, 20)
			.handles("b", 1, 0, 10, 50)
			.handles("b", 0, 2, 30, 40)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void twoProcessesInOnePartitionAtATimeAreTwoOwners() {
		assertThat(Story.of(Cell.PROCESSED_CLASSIC)
			.holdsFirst(0, 9)
			.handles("a", 0, 0, 10, 30)
			.handles("a", 0, 1, 10, 20)
			.handles("b", 0, 2, 29.999, 40)
			.judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 2 (id 2): b started +0.029999s")
			.contains("while partition 0 offset 0 (id 0): a started +0.010000s, ended +0.030000s");
	}

	@Test
	void anInvocationWithoutAnEndLastsAsLongAsItsProcessGivesSignsOfLife() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 9)
			.begins("a", 0, 0, 10)
			.lives("a", 5000)
			.kills("a", 5500)
			.handles("b", 0, 0, 5000, 5010);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.lives("a", 5001).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aLongInvocationBehindManyShortOnesIsNotForgotten() {
		Story story = Story.of(Cell.PROCESSED_CLASSIC).limits(4, 100, 12).holdsFirst(0, 100).handles("a", 0, 0, 0, 500);
		for (int i = 1; i < 40; i++) {
			story.handles("a", 0, i, i * 10, i * 10 + 5);
		}
		assertThat(story.handles("b", 0, 50, 450, 460).judgedBy(GUARANTEE)).hasSize(1);
		assertThat(story.handles("c", 0, 51, 500, 510).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aPausedProcessMayGoOnWithWhatItHadInHand() {
		Story story = Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.handles("a", 0, 0, 10, 20_001)
			.fault(FaultKind.PAUSED, "a", 15, 20_000);
		for (int i = 0; i < 9; i++) {
			story.handles("b", 0, i, 6000 + i * 2000, 7999 + i * 2000);
		}
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.judgedBy(new SingleOwner(0))).isNotEmpty();
	}

	@Test
	void aPausedProcessMayBeginWhatWasHandedOverAndNothingElse() {
		Story story = Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.handles("b", 0, 1, 20_000, 20_050)
			.handles("a", 0, 0, 20_001, 20_010);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handles("a", 0, 1, 20_020, 20_030).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 1 (id 1): a started +20.020000s");
	}

	@ParameterizedTest
	@EnumSource(value = FaultKind.class, names = { "STOPPED_CLEAN", "REBALANCE", "KILLED", "CRASHED" })
	void whatDoesNotTakePartitionsFromALivingProcessExcusesNothing(FaultKind kind) {
		assertThat(Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.handles("a", 0, 0, 10, 100)
			.fault(kind, "a", 20, 200)
			.handles("b", 0, 1, 50, 60)
			.judgedBy(GUARANTEE)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(value = FaultKind.class, names = { "STARVED", "BROKER_KILLED", "BROKER_PAUSED", "NETWORK" })
	void aFaultOfAllExcusesEachProcessByItself(FaultKind kind) {
		Story story = Story.of(Cell.CONTINUOUS_CLASSIC)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.handles("a", 0, 0, 10, 9000)
			.handles("b", 1, 0, 10, 9000)
			.faultOfAll(kind, 20, 5000)
			.handles("b", 0, 0, 7000, 7010)
			.handles("a", 1, 0, 7000, 7010);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.handles("a", 0, 1, 10_000, 10_100).handles("b", 0, 2, 10_050, 10_060).judgedBy(GUARANTEE))
			.hasSize(1);
	}

	@Test
	void overrunsAreExceptedHoweverMany() {
		Story story = Story.of(Cell.PROCESSED_CLASSIC).limits(1, 100, 12).holdsFirst(0, 9);
		for (int i = 0; i < 5; i++) {
			story.handles("a", 0, i, 10, 5000);
		}
		story.handles("b", 0, 5, 3000, 3010);
		assertThat(story.judgedBy(GUARANTEE)).hasSize(1);
		assertThat(story.fault(FaultKind.OVERRUN, "a", 5, 5000).judgedBy(GUARANTEE)).isEmpty();
	}

}
