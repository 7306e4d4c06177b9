package io.baseplate.kafka.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ComparisonTests {

	private static final Contender BASELINE = Workload.W2.contenders().get(0);

	private static final Contender OURS = Workload.W2.contenders().get(1);

	@Test
	void sharesAreThoseOfTheBaselineInTheSameRound() {
		Comparison comparison = new Comparison(Workload.W2, List.of(rate(1, BASELINE, 100), rate(1, OURS, 90),
				rate(2, OURS, 150), rate(2, BASELINE, 300), rate(3, BASELINE, 200), rate(3, OURS, 140)));
		// The medians are 200 and 140; their ratio would be the third round's only by
		// chance.
		assertThat(comparison.ratio(OURS, Figure.RATE)).contains(new Spread(0.7, 0.5, 0.9));
		assertThat(comparison.figure(OURS, Figure.RATE)).contains(new Spread(140, 90, 150));
	}

	@Test
	void aRoundWithoutTheBaselineHasNoShare() {
		Comparison comparison = new Comparison(Workload.W2,
				List.of(rate(1, BASELINE, 100), rate(1, OURS, 50), rate(2, OURS, 400)));
		assertThat(comparison.ratio(OURS, Figure.RATE)).contains(new Spread(0.5, 0.5, 0.5));
	}

	@Test
	void aRunWithAProblemHasNoFigures() {
		Comparison comparison = new Comparison(Workload.W2,
				List.of(rate(1, BASELINE, 100), TestResults.problem(Workload.W2, 1, OURS.name())));
		assertThat(comparison.figure(OURS, Figure.RATE)).isEmpty();
		assertThat(comparison.ratio(OURS, Figure.RATE)).isEmpty();
	}

	@Test
	void sleepingHandlersAreComparedWithTheIdeal() {
		Contender sleeping = Workload.W4.contenders().get(0);
		assertThat(sleeping.stack().handlers()).isEqualTo(32);
		Comparison comparison = new Comparison(Workload.W4,
				List.of(TestResults.rate(Workload.W4, 1, sleeping.name(), 3200)));
		assertThat(comparison.ratio(sleeping, Figure.RATE)).contains(new Spread(0.5, 0.5, 0.5));
	}

	@Test
	void totalsAreSharedOutAmongTheMessages() {
		Comparison comparison = new Comparison(Workload.W2, List.of(rate(1, OURS, 1000)));
		assertThat(comparison.figure(OURS, Figure.CLIENT_CPU).orElseThrow().median()).isEqualTo(2);
		assertThat(comparison.figure(OURS, Figure.BROKER_CPU).orElseThrow().median()).isEqualTo(1);
		assertThat(comparison.figure(OURS, Figure.ALLOCATED).orElseThrow().median()).isEqualTo(100);
		assertThat(comparison.figure(OURS, Figure.SWITCHES).orElseThrow().median()).isEqualTo(0.5);
		assertThat(comparison.figure(OURS, Figure.COMMITS).orElseThrow().median()).isEqualTo(0.001);
		assertThat(comparison.figure(OURS, Figure.RSS).orElseThrow().median()).isEqualTo(200);
	}

	@Test
	void whatThePlatformDoesNotTellIsLeftOut() {
		Contender raw = Workload.W5.contenders().get(0);
		Comparison comparison = new Comparison(Workload.W5,
				List.of(TestResults.latency(Workload.W5, 1, raw.name(), 500, 900)));
		assertThat(comparison.figure(raw, Figure.P50)).contains(new Spread(500, 500, 500));
		assertThat(comparison.figure(raw, Figure.SWITCHES)).isEmpty();
		assertThat(comparison.figure(raw, Figure.RSS)).isEmpty();
	}

	private static RunResult rate(int round, Contender contender, long messages) {
		return TestResults.rate(Workload.W2, round, contender.name(), messages);
	}

}
