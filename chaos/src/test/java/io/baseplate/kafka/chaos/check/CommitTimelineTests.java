package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommitTimelineTests {

	private static final long MILLI = 1_000_000;

	/**
	 * Wall-clock millisecond m is the monotonic time from m to m + 1 ms.
	 */
	private static final WallClock CLOCK = WallClock.of(0, 0);

	@Test
	void aMillisecondIsAnIntervalWidenedByTheTolerance() {
		assertThat(CLOCK.earliest(100)).isEqualTo(98 * MILLI);
		assertThat(CLOCK.latest(100)).isEqualTo(103 * MILLI);
		WallClock ahead = WallClock.of(5_000 * MILLI, 7_000 * MILLI);
		assertThat(ahead.earliest(7_100)).isEqualTo(5_098 * MILLI);
	}

	@Test
	void aWallClockThatWasSetMakesTimesLessCertain() {
		WallClock stepped = CLOCK.and(0, 50 * MILLI).and(0, -10 * MILLI).and(0, 20 * MILLI);
		assertThat(stepped.earliest(100)).isEqualTo(48 * MILLI);
		assertThat(stepped.latest(100)).isEqualTo(113 * MILLI);
	}

	@Test
	void whatWasCommittedAtAMomentIsToldAsFarAsItIsCertain() {
		CommitTimeline commits = commits(10, 100, 20, 200);
		assertThat(commits.leastInForce(90 * MILLI)).isEqualTo(CommitTimeline.NONE);
		assertThat(commits.mostBefore(97 * MILLI)).isEqualTo(CommitTimeline.NONE);
		assertThat(commits.mostBefore(98 * MILLI)).isEqualTo(10);
		assertThat(commits.leastInForce(103 * MILLI)).isEqualTo(CommitTimeline.NONE);
		assertThat(commits.leastInForce(103 * MILLI + 1)).isEqualTo(10);
		assertThat(commits.mostBefore(198 * MILLI - 1)).isEqualTo(10);
		assertThat(commits.mostBefore(198 * MILLI)).isEqualTo(20);
		assertThat(commits.leastInForce(203 * MILLI)).isEqualTo(10);
		assertThat(commits.leastInForce(203 * MILLI + 1)).isEqualTo(20);
		assertThat(commits.last()).isEqualTo(20);
	}

	@Test
	void theOrderOfTheLogNarrowsTheTimes() {
		// The second says that it was taken before the first; the log knows better.
		CommitTimeline commits = commits(10, 100, 20, 90, 30, 95);
		assertThat(commits.earliest(1)).isEqualTo(98 * MILLI);
		assertThat(commits.earliest(2)).isEqualTo(98 * MILLI);
		assertThat(commits.latest(0)).isEqualTo(93 * MILLI);
		assertThat(commits.leastInForce(94 * MILLI)).isEqualTo(20);
	}

	@Test
	void commitsOfTheSameMillisecondAreAllPossible() {
		CommitTimeline commits = commits(10, 100, 20, 100, 30, 100);
		assertThat(commits.certainlyBefore(103 * MILLI)).isZero();
		assertThat(commits.certainlyBefore(103 * MILLI + 1)).isEqualTo(3);
		assertThat(commits.possiblyBefore(98 * MILLI)).isEqualTo(3);
		assertThat(commits.possiblyBefore(98 * MILLI - 1)).isZero();
		assertThat(commits.mostBefore(98 * MILLI)).isEqualTo(30);
	}

	@Test
	void afterACommitThatWentBackTheLowerOneIsInForce() {
		CommitTimeline commits = commits(10, 100, 5, 200, 20, 300);
		assertThat(commits.leastInForce(250 * MILLI)).isEqualTo(5);
		assertThat(commits.leastInForce(201 * MILLI)).isEqualTo(5);
		assertThat(commits.mostBefore(250 * MILLI)).isEqualTo(10);
		assertThat(commits.leastInForce(300 * MILLI)).isEqualTo(5);
	}

	@Test
	void theFirstCommitBeyondAnOffsetIsTheFirstThatPassesIt() {
		CommitTimeline commits = commits(10, 100, 10, 150, 20, 200, 15, 250, 20, 260, 30, 300);
		assertThat(commits.firstBeyond(9)).isZero();
		assertThat(commits.firstBeyond(10)).isEqualTo(2);
		assertThat(commits.firstBeyond(19)).isEqualTo(2);
		assertThat(commits.firstBeyond(20)).isEqualTo(5);
		assertThat(commits.firstBeyond(30)).isEqualTo(6);
	}

	@Test
	void aDeletedCommitIsNone() {
		CommitTimeline commits = commits(10, 100, Commit.DELETED, 200);
		assertThat(commits.leastInForce(300 * MILLI)).isEqualTo(CommitTimeline.NONE);
		assertThat(commits.last()).isEqualTo(CommitTimeline.NONE);
		assertThat(CommitTimeline.EMPTY.leastInForce(0)).isEqualTo(CommitTimeline.NONE);
		assertThat(CommitTimeline.EMPTY.mostBefore(0)).isEqualTo(CommitTimeline.NONE);
		assertThat(CommitTimeline.EMPTY.firstBeyond(0)).isZero();
	}

	private static CommitTimeline commits(long... offsetsAndTimes) {
		List<Commit> commits = new ArrayList<>();
		for (int i = 0; i < offsetsAndTimes.length; i += 2) {
			commits.add(new Commit(0, offsetsAndTimes[i], offsetsAndTimes[i + 1], i));
		}
		return new CommitTimeline(commits, CLOCK);
	}

}
