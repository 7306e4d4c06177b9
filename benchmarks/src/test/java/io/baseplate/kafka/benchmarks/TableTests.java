package io.baseplate.kafka.benchmarks;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TableTests {

	private static final String RAW = "raw.auto";

	private static final String OURS = "in-order.interval.b500.on";

	@Test
	void aRowHasMediansRangesAndTheShareWithinARound() {
		assertThat(Table.of(Workload.W2,
				List.of(rate(1, RAW, 100_000), rate(1, OURS, 70_000), rate(2, RAW, 100_000), rate(2, OURS, 60_000),
						rate(3, RAW, 100_000), rate(3, OURS, 80_000))))
			.contains("| raw.auto | 100,000 | 1.000 |")
			.contains(
					"| in-order.interval.b500.on | 70,000 (60,000 to 80,000) | 0.700 (0.600 to 0.800) | rate >= 0.6 |");
	}

	@Test
	void aTargetThatIsMissedSaysSo() {
		assertThat(Table.of(Workload.W2, List.of(rate(1, RAW, 100_000), rate(1, OURS, 59_000))))
			.contains("| rate >= 0.6 MISSED |");
	}

	@Test
	void aTargetThatCannotBeJudgedSaysSo() {
		assertThat(Table.of(Workload.W2, List.of(rate(1, OURS, 59_000)))).contains("| rate >= 0.6 ? |");
	}

	@Test
	void latencyIsBetterWhereItIsLower() {
		String ours = "in-order.each-message.b1.on";
		assertThat(Table.of(Workload.W5,
				List.of(TestResults.latency(Workload.W5, 1, "raw.each", 500, 1000),
						TestResults.latency(Workload.W5, 1, ours, 520, 1100))))
			.contains("| " + ours + " | 520 | 1.040 | 1,100 | 1.100 | p50 <= 1.05, p99 <= 1.05 MISSED |");
	}

	@Test
	void whereNothingWasMeasuredThereIsNoTable() {
		assertThat(Table.of(Workload.W2, List.of(TestResults.problem(Workload.W2, 1, OURS)))).isEmpty();
	}

	private static RunResult rate(int round, String stack, long messages) {
		return TestResults.rate(Workload.W2, round, stack, messages);
	}

}
