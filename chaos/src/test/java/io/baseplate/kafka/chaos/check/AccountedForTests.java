package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AccountedForTests {

	private static final AccountedFor GUARANTEE = new AccountedFor(0);

	private static Story story() {
		return Story.of(Cell.PROCESSED_CLASSIC)
			.limits(2, 100, 12)
			.holdsFirst(0, 9)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 1, 10, 20)
			.fails("a", 0, 2, 10, 20)
			.interrupted("a", 0, 3, 10, 20);
	}

	@Test
	void holdsWhereTheTotalsAddUpAndFitTheInvocations() {
		assertThat(story().stops("a", 100, 12, 2, 3, 1, 4, 2).judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void totalsThatDoNotAddUpAreTold() {
		assertThat(story().stops("a", 100, 13, 2, 3, 1, 4, 2).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("a read 13 messages; handled 2 + invalid 3 + failed 1 + dropped 4 + uncommitted 2 are 12");
	}

	@Test
	void handledIsWhatEndedNeitherLessNorMore() {
		assertThat(story().stops("a", 100, 3, 1, 0, 1, 0, 1).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("handled 1 messages, and 2 invocations ended");
		assertThat(story().stops("a", 100, 5, 3, 0, 1, 0, 1).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void failedIsWhatFailedOrWasInterrupted() {
		assertThat(story().stops("a", 100, 4, 2, 0, 0, 0, 2).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().stops("a", 100, 4, 2, 0, 2, 0, 0).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().stops("a", 100, 2, 2, 0, 0, 0, 0).judgedBy(GUARANTEE)).hasSize(1);
		assertThat(story().stops("a", 100, 5, 2, 0, 3, 0, 0).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aCleanStopLeavesNoInvocationWithoutAnEnd() {
		Story story = story().begins("a", 0, 4, 30).stops("a", 100, 5, 2, 0, 1, 0, 2);
		assertThat(story.judgedBy(GUARANTEE)).singleElement().asString().contains("1 invocations that have no end");
		assertThat(story.judgedBy(new AccountedFor(1))).isEmpty();
	}

	@Test
	void aHandlerThatWasLeftBehindMayEndLaterAndNotCount() {
		Story story = story().stops("a", 100, 4, 1, 0, 1, 0, 2);
		assertThat(story.judgedBy(new AccountedFor(1))).isEmpty();
		assertThat(story().handles("a", 0, 4, 30, 40).stops("a", 100, 4, 1, 0, 1, 0, 2).judgedBy(new AccountedFor(1)))
			.hasSize(1);
	}

	@Test
	void aCleanStopWritesTotalsUnlessTheConsumerDidNothing() {
		assertThat(story().stops("a", 100, new long[0]).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("a stopped and wrote no totals; it began 4 invocations");
		assertThat(Story.of(Cell.PROCESSED_CLASSIC).holdsFirst(0, 1).stops("b", 100, new long[0]).judgedBy(GUARANTEE))
			.isEmpty();
	}

	@Test
	void aProcessThatWasKilledOrCrashedOwesNoTotals() {
		assertThat(story().kills("a", 100).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().fault(FaultKind.CRASHED, "a", 100, 200).judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aProcessThatEndsByItselfIsTold() {
		assertThat(story().kills("b", 100).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("a ended without a clean stop, and nobody killed it")
			.contains("+0.020000s");
		assertThat(story().fault(FaultKind.PAUSED, "a", 100, 200).judgedBy(GUARANTEE)).hasSize(1);
	}

	@Test
	void aKillCutsOffNoMoreInvocationsThanThereAreHandlers() {
		Story story = story().begins("a", 0, 4, 30).begins("a", 0, 5, 30).kills("a", 100);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.begins("a", 0, 6, 40).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("a ended with 3 invocations that have no end; expected: 2 at most");
	}

}
