package io.baseplate.kafka.chaos.check;

import java.util.List;

import io.baseplate.kafka.chaos.Cell;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ReportTests {

	private static final CellResult KEPT = new CellResult("kill one", Cell.EACH_MESSAGE_CLASSIC, 42,
			new Measures(1200, 1200, 0, 1, 1, 6123), List.of());

	private static final CellResult VIOLATED = new CellResult("kill one", Cell.READ_CONSUMER, -7,
			new Measures(1200, 1190, 10, 0, 0, -1),
			List.of(new Violation("NothingLost", "partition 0 offset 1\tand \\t more\r\nlines"),
					new Violation("LagZero", "")));

	@Test
	void aResultIsOneLineFromWhichItCanBeRead() {
		assertThat(KEPT.toLine()).isEqualTo("kill one\teach_message_classic\t42\t1200\t1200\t0\t1\t1\t6123\t0\t.");
		assertThat(VIOLATED.toLine()).doesNotContain("\n", "\r");
		for (CellResult result : new CellResult[] { KEPT, VIOLATED }) {
			assertThat(CellResult.parse(result.toLine())).isEqualTo(result);
		}
	}

	@Test
	void aLineThatWasNotWrittenToItsEndIsNoResult() {
		String line = VIOLATED.toLine();
		for (int i = 0; i < line.length(); i++) {
			int length = i;
			assertThatIllegalArgumentException().isThrownBy(() -> CellResult.parse(line.substring(0, length)))
				.withMessageStartingWith("Not the result of a cell: ");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> CellResult.parse(line.replace("read_consumer", "read")));
		assertThatIllegalArgumentException().isThrownBy(() -> CellResult.parse(line.replace("1190", "x")));
	}

	@Test
	void aHistoryIsMeasuredAndJudged() {
		Story story = Story.of(Cell.INTERVAL_CLASSIC)
			.holdsFirst(0, 2)
			.commits(0, 0, 1)
			.handles("a", 0, 0, 10, 20)
			.stops("a", 100);
		CellResult result = CellResult.of("row", 5, story.history(), Expectations.clean());
		assertThat(result.isKept()).isFalse();
		assertThat(result.cell()).isEqualTo(Cell.INTERVAL_CLASSIC);
		assertThat(result.measures().lost()).isEqualTo(1);
		assertThat(result.violations()).extracting(Violation::guarantee).containsExactly("NothingLost", "LagZero");
	}

	@Test
	void asTextEachCellIsALineWithItsViolationsBelow() {
		assertThat(Report.text(List.of(KEPT, VIOLATED)).lines().toList()).satisfiesExactly(
				(first) -> assertThat(first).contains("kill one", "each_message_classic", "kept: sent 1200",
						"handled 1200", "lost 0", "repeated 1", "worst repeats of a kill 1", "worst recovery 6123 ms",
						"seed 42"),
				(second) -> assertThat(second).contains("read_consumer", "VIOLATED", "lost 10",
						"nothing to recover from", "seed -7"),
				(third) -> assertThat(third).startsWith("    NothingLost: partition 0 offset 1"),
				(fourth) -> assertThat(fourth).startsWith("lines"), (fifth) -> assertThat(fifth).contains("LagZero"));
	}

	@Test
	void asMarkdownRowsAndCellsAreATable() {
		CellResult again = new CellResult("kill one", Cell.EACH_MESSAGE_CLASSIC, 43,
				new Measures(10, 10, 0, 2, 1, 7000), List.of());
		CellResult other = new CellResult("a|b", Cell.EACH_MESSAGE_CLASSIC, 1, new Measures(10, 10, 0, 0, 0, -1),
				List.of());
		assertThat(Report.markdown(List.of(KEPT, VIOLATED, again, other))).isEqualTo(
				"""
						| row | each_message_classic | read_consumer |
						|---|---|---|
						| kill one | kept in 2 runs, 1210 sent, 1210 handled, 0 lost, 3 repeated, 7000 ms | **violated**, 1200 sent, 1190 handled, 10 lost, 0 repeated |
						| a\\|b | kept, 10 sent, 10 handled, 0 lost, 0 repeated |  |
						""");
	}

}
