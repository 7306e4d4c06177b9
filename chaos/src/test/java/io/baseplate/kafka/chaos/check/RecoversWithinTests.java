package io.baseplate.kafka.chaos.check;

import java.time.Duration;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecoversWithinTests {

	private static final RecoversWithin GUARANTEE = new RecoversWithin(Duration.ofSeconds(5));

	private static Story story() {
		return Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 9)
			.holdsFirst(1, 9)
			.handles("a", 0, 0, 10, 20)
			.handles("b", 1, 0, 10, 20);
	}

	@Test
	void afterAKillThePartitionsOfThatProcessAreWorkedOnAgainInTime() {
		assertThat(story().kills("a", 100)
			.handles("b", 0, 1, 5100, 5110)
			.handles("b", 1, 1, 9000, 9010)
			.judgedBy(GUARANTEE)).isEmpty();
		assertThat(
				story().kills("a", 100).handles("b", 1, 1, 110, 120).handles("b", 0, 1, 5101, 5110).judgedBy(GUARANTEE))
			.singleElement()
			.asString()
			.contains("partition 0 offset 1 (id 1): b started +5.101000s")
			.contains("KILLED +0.100000s to +0.100000s: 5001 ms; expected: at most 5000 ms");
	}

	@Test
	void whereABrokerWasAwayAllPartitionsCountFromWhenItIsBack() {
		assertThat(story().faultOfAll(FaultKind.BROKER_KILLED, 100, 8000)
			.handles("a", 0, 1, 12_999, 13_000)
			.handles("b", 1, 1, 12_999, 13_000)
			.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().faultOfAll(FaultKind.BROKER_KILLED, 100, 8000)
			.handles("a", 0, 1, 8100, 8200)
			.handles("b", 1, 1, 13_001, 13_010)
			.judgedBy(GUARANTEE)).singleElement().asString().contains("partition 1 offset 1");
	}

	@Test
	void whereABrokerGoesAwayAgainMeanwhileItIsTheTimeBetweenThatMustNotBeLonger() {
		Story again = story().faultOfAll(FaultKind.BROKER_KILLED, 100, 8000)
			.faultOfAll(FaultKind.BROKER_KILLED, 12_999, 16_000)
			.handles("a", 0, 1, 20_999, 21_000)
			.handles("b", 1, 1, 20_999, 21_000);
		assertThat(again.judgedBy(GUARANTEE)).isEmpty();
		assertThat(story().faultOfAll(FaultKind.BROKER_KILLED, 100, 8000)
			.faultOfAll(FaultKind.BROKER_KILLED, 13_001, 16_000)
			.handles("a", 0, 1, 20_999, 21_000)
			.handles("b", 1, 1, 20_999, 21_000)
			.judgedBy(GUARANTEE)).hasSize(2);
	}

	@Test
	void aPauseCountsFromItsBeginning() {
		assertThat(story().fault(FaultKind.PAUSED, "a", 100, 20_000).handles("b", 0, 1, 5101, 5110).judgedBy(GUARANTEE))
			.hasSize(1);
	}

	@Test
	void whatIsCleanHasNothingToRecoverFrom() {
		assertThat(story().fault(FaultKind.REBALANCE, "a", 100, 200).handles("b", 0, 1, 9000, 9010).judgedBy(GUARANTEE))
			.isEmpty();
	}

}
