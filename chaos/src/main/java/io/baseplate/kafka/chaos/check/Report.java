package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.chaos.Cell;

/**
 * Results for people.
 */
public final class Report {

	private Report() {
	}

	/**
	 * Results as text: a line of measures for each cell, and below it what was violated.
	 * @param results the results
	 * @return lines, each with its end
	 */
	public static String text(Collection<CellResult> results) {
		StringBuilder text = new StringBuilder();
		for (CellResult result : results) {
			Measures measures = result.measures();
			text.append("%-24s %-22s %s: sent %d, handled %d, lost %d, repeated %d, worst repeats of a kill %d, %s, "
				.formatted(result.row(), result.cell().groupName(), result.isKept() ? "kept" : "VIOLATED",
						measures.sent(), measures.handled(), measures.lost(), measures.repeated(),
						measures.worstRepeats(), recovery(measures)))
				.append("seed ")
				.append(result.seed())
				.append('\n');
			result.violations().forEach((violation) -> text.append("    ").append(violation).append('\n'));
		}
		return text.toString();
	}

	private static String recovery(Measures measures) {
		return (measures.worstRecoveryMillis() < 0) ? "nothing to recover from"
				: "worst recovery " + measures.worstRecoveryMillis() + " ms";
	}

	/**
	 * Results as a table in Markdown: a line for each row in the order in which they
	 * come, a column for each cell that has any result. Where a cell was run more than
	 * once, all runs count: the sums of what was sent, handled, lost and repeated, and
	 * the worst.
	 * @param results the results
	 * @return lines, each with its end
	 */
	public static String markdown(Collection<CellResult> results) {
		List<Cell> cells = List.of(Cell.values())
			.stream()
			.filter((cell) -> results.stream().anyMatch((result) -> result.cell() == cell))
			.toList();
		StringBuilder text = new StringBuilder("| row |");
		StringBuilder rule = new StringBuilder("|---|");
		for (Cell cell : cells) {
			text.append(' ').append(cell.groupName()).append(" |");
			rule.append("---|");
		}
		text.append('\n').append(rule).append('\n');
		Map<String, Map<Cell, List<CellResult>>> rows = new LinkedHashMap<>();
		for (CellResult result : results) {
			rows.computeIfAbsent(result.row(), (row) -> new LinkedHashMap<>())
				.computeIfAbsent(result.cell(), (cell) -> new ArrayList<>())
				.add(result);
		}
		rows.forEach((row, byCell) -> {
			text.append("| ").append(row.replace("|", "\\|")).append(" |");
			cells.forEach((cell) -> text.append(' ').append(entry(byCell.getOrDefault(cell, List.of()))).append(" |"));
			text.append('\n');
		});
		return text.toString();
	}

	private static String entry(List<CellResult> results) {
		if (results.isEmpty()) {
			return "";
		}
		long violated = results.stream().filter((result) -> !result.isKept()).count();
		String verdict = (violated == 0) ? "kept" : "**violated**";
		if (results.size() > 1) {
			verdict += (violated == 0) ? " in " + results.size() + " runs"
					: " in " + violated + " of " + results.size() + " runs";
		}
		long sent = results.stream().mapToLong((result) -> result.measures().sent()).sum();
		long handled = results.stream().mapToLong((result) -> result.measures().handled()).sum();
		long lost = results.stream().mapToLong((result) -> result.measures().lost()).sum();
		long repeated = results.stream().mapToLong((result) -> result.measures().repeated()).sum();
		long recovery = results.stream()
			.mapToLong((result) -> result.measures().worstRecoveryMillis())
			.max()
			.orElse(-1);
		return verdict + ", " + sent + " sent, " + handled + " handled, " + lost + " lost, " + repeated + " repeated"
				+ ((recovery >= 0) ? ", " + recovery + " ms" : "");
	}

}
