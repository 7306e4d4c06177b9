package io.baseplate.kafka.chaos.check;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MeasuresTests {

	@Test
	void countsWhatWasDueHandledAndLost() {
		Measures measures = Measures.of(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 6)
			.holdsInvalid(0, 7)
			.holdsFirst(1, 1)
			.begins(0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 1, 10, 20)
			.handles("a", 0, 2, 10, 20)
			.fails("a", 0, 3, 10, 20)
			.begins("a", 0, 4, 10)
			.history());
		assertThat(measures).isEqualTo(new Measures(7, 2, 4, 0, 0, -1));
	}

	@Test
	void whatWasInATopicThatWasDeletedIsNotLost() {
		Measures measures = Measures.of(Story.of(Cell.READ_CLASSIC)
			.holdsFirst(0, 3)
			.handles("a", 0, 0, 10, 20)
			.recreated(1000, 2000)
			.holdsFirst(0, 2)
			.handles("a", 0, 0, 2010, 2020)
			.history());
		assertThat(measures).isEqualTo(new Measures(5, 2, 1, 0, 0, -1));
	}

	@Test
	void countsRepeatsAndTheMostOfOneKill() {
		Measures measures = Measures.of(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 6)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.handles("a", 0, 1, 30, 40)
			.begins("a", 0, 2, 50)
			.kills("a", 60)
			.handles("b", 0, 0, 6000, 6010)
			.handles("b", 0, 1, 6020, 6030)
			.handles("b", 0, 2, 6040, 6050)
			.commits(0, 2, 6060)
			.kills("b", 6070)
			.handles("c", 0, 2, 12_000, 12_010)
			.handles("d", 0, 2, 13_000, 13_010)
			.history());
		assertThat(measures.repeated()).isEqualTo(4);
		assertThat(measures.worstRepeats()).isEqualTo(2);
	}

	@Test
	void whatAPausedProcessBeginsLateIsNoRepeatOfTheKillOfAnother() {
		Measures measures = Measures.of(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 6)
			.commits(0, 0, 1)
			.lives("a", 10)
			.fault(FaultKind.PAUSED, "a", 15, 20_000)
			.handles("b", 0, 0, 6000, 6010)
			.commits(0, 1, 6020)
			.kills("b", 6030)
			.handles("a", 0, 0, 20_001, 20_002)
			.history());
		assertThat(measures.repeated()).isEqualTo(1);
		assertThat(measures.worstRepeats()).isZero();
	}

	@Test
	void measuresTheWorstRecovery() {
		Measures measures = Measures.of(Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 6)
			.holdsFirst(1, 6)
			.handles("a", 0, 0, 10, 20)
			.handles("b", 1, 0, 10, 20)
			.kills("a", 60)
			.handles("b", 1, 1, 100, 110)
			.handles("b", 0, 1, 6060, 6070)
			.faultOfAll(FaultKind.BROKER_KILLED, 7000, 9000)
			.handles("b", 0, 2, 9500, 9510)
			.handles("b", 1, 2, 9600, 9610)
			.history());
		assertThat(measures.worstRecoveryMillis()).isEqualTo(6000);
	}

}
