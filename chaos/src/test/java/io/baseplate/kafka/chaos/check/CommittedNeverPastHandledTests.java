package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommittedNeverPastHandledTests {

	private static final CommittedNeverPastHandled GUARANTEE = new CommittedNeverPastHandled();

	@Test
	void holdsWhereEachCommitEndsBehindWhatWasHandled() {
		assertThat(Story.of(Cell.PROCESSED_CLASSIC)
			.holds(0, 0, 1, 4)
			.holdsInvalid(0, 5)
			.ends(0, 9)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 1, 30)
			.handles("a", 0, 4, 30, 40)
			.handles("a", 0, 1, 30, 50)
			.commits(0, 9, 60)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void theCommittedOffsetItselfNeedNotBeHandledAndTheOneBeforeHasToBe() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC).holdsFirst(0, 3).commits(0, 0, 1).handles("a", 0, 0, 10, 20);
		assertThat(story.commits(0, 1, 100).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.commits(0, 2, 200).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("offset 1 (id 1): commit 2")
			.contains("first handled: never");
	}

	@Test
	void gapsOfTransactionMarkersMayBePassed() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC)
			.holds(0, 0, 7)
			.ends(0, 10)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20);
		assertThat(story.commits(0, 7, 100).judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.commits(0, 8, 200).judgedBy(GUARANTEE)).singleElement().asString().contains("offset 7 (id 7)");
	}

	@Test
	void aCommitInTheMillisecondInWhichItsMessageEndedIsInTime() {
		// Handled 0.9 ms after the beginning of the millisecond that the commit tells.
		assertThat(Story.of(Cell.EACH_MESSAGE_CLASSIC)
			.holdsFirst(0, 1)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 100.9)
			.commits(0, 1, 100)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aCommitBeforeItsMessageEndedIsTooEarlyBeyondTheUncertaintyOfTheClock() {
		Story story = Story.of(Cell.EACH_MESSAGE_CLASSIC).holdsFirst(0, 1).commits(0, 0, 1).commits(0, 1, 100);
		assertThat(story.handles("a", 0, 0, 10, 103).judgedBy(GUARANTEE)).isEmpty();
		Story late = Story.of(Cell.EACH_MESSAGE_CLASSIC).holdsFirst(0, 1).commits(0, 0, 1).commits(0, 1, 100);
		assertThat(late.handles("a", 0, 0, 10, 103.1).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("commit 1 (taken +0.098000s to +0.103000s)")
			.contains("first handled: +0.103100s");
	}

	@Test
	void whatFailedWasInterruptedOrHasNoEndIsNotHandled() {
		assertThat(Story.of(Cell.PROCESSED_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 0, 1)
			.fails("a", 0, 0, 10, 20)
			.interrupted("a", 0, 1, 10, 20)
			.begins("a", 0, 2, 10)
			.commits(0, 3, 100)
			.judgedBy(GUARANTEE)).hasSize(3);
	}

	@Test
	void whatWasHandledOnceByAnybodyIsHandled() {
		assertThat(Story.of(Cell.PROCESSED_CLASSIC)
			.holdsFirst(0, 1)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("b", 0, 0, 5000, 6000)
			.commits(0, 1, 5500)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void whatIsBeforeTheStartNeedNotBeHandled() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 5)
			.commits(0, 3, 1)
			.handles("a", 0, 3, 10, 20)
			.commits(0, 4, 100)
			.judgedBy(GUARANTEE)).isEmpty();
	}

	@Test
	void aFirstCommitBehindTheSaidStartSkipsWhatIsBetween() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC).holdsFirst(0, 5).begins(0, 0).commits(0, 3, 1).judgedBy(GUARANTEE))
			.hasSize(3);
	}

	@Test
	void eachMessageIsToldOnceByTheFirstCommitThatPassesIt() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 3)
			.commits(0, 0, 1)
			.commits(0, 1, 100)
			.commits(0, 2, 200)
			.judgedBy(GUARANTEE)).hasSize(2)
			.satisfiesExactly((first) -> assertThat(first).contains("offset 0 (id 0): commit 1"),
					(second) -> assertThat(second).contains("offset 1 (id 1): commit 2"));
	}

	@Test
	void inATopicThatWasDeletedTooAndInTheNewOneByItself() {
		assertThat(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 2)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.commits(0, 2, 100)
			.recreated(1000, 2000)
			.holdsFirst(0, 2)
			.commits(0, Commit.DELETED, 1500)
			.handles("a", 0, 0, 2010, 2020)
			.commits(0, 2, 2100)
			.judgedBy(GUARANTEE)).satisfiesExactly((first) -> assertThat(first).contains("partition 0 offset 1 (id 1)"),
					(second) -> assertThat(second).contains("(incarnation 2) offset 1 (id 1000001)"));
	}

	@Test
	void underReadACommitMayPassWhatWasReadAndNotWhatDoesNotExist() {
		Story story = Story.of(Cell.READ_CLASSIC).holdsFirst(0, 3).ends(0, 4).commits(0, 0, 1).commits(0, 4, 100);
		assertThat(story.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story.commits(0, 5, 200).judgedBy(GUARANTEE)).singleElement()
			.asString()
			.contains("partition 0: commit 5")
			.contains("beyond its end 4");
	}

}
