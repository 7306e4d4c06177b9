package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;

import io.baseplate.kafka.chaos.Cell;

/**
 * What came of one cell in one run of a row, and its form as one line of text, from which
 * an interrupted matrix goes on and is printed.
 *
 * @param row the name of the row
 * @param cell the cell
 * @param seed the seed of the run
 * @param measures what was measured
 * @param violations promises that were not kept
 */
public record CellResult(String row, Cell cell, long seed, Measures measures, List<Violation> violations) {

	/**
	 * What the first fields of a line are.
	 */
	private static final int FIELDS = 10;

	/**
	 * The last field, without which a line was cut off.
	 */
	private static final String END = ".";

	public CellResult {
		violations = List.copyOf(violations);
	}

	/**
	 * Judge and measure a history.
	 * @param row the name of the row
	 * @param seed the seed of the run
	 * @param history the history of a cell
	 * @param expectations what the row promises
	 * @return the result
	 */
	public static CellResult of(String row, long seed, History history, Expectations expectations) {
		return new CellResult(row, history.cell(), seed, Measures.of(history), Guarantees.check(history, expectations));
	}

	/**
	 * Whether every promise was kept.
	 * @return {@code true} where there are no violations
	 */
	public boolean isKept() {
		return this.violations.isEmpty();
	}

	/**
	 * The result as a line.
	 * @return fields between tabs: row, cell, seed, sent, handled, lost, repeated, worst
	 * repeats, worst recovery in milliseconds, number of violations, for each violation
	 * guarantee and text, and a dot
	 */
	public String toLine() {
		Measures measures = this.measures;
		List<String> fields = new ArrayList<>(List.of(escape(this.row), this.cell.groupName(), Long.toString(this.seed),
				Long.toString(measures.sent()), Long.toString(measures.handled()), Long.toString(measures.lost()),
				Long.toString(measures.repeated()), Long.toString(measures.worstRepeats()),
				Long.toString(measures.worstRecoveryMillis()), Integer.toString(this.violations.size())));
		for (Violation violation : this.violations) {
			fields.add(escape(violation.guarantee()));
			fields.add(escape(violation.text()));
		}
		fields.add(END);
		return String.join("\t", fields);
	}

	/**
	 * Read a line.
	 * @param line what {@link #toLine()} gave
	 * @return the result
	 * @throws IllegalArgumentException where the line is something else, or was not
	 * written to its end
	 */
	public static CellResult parse(String line) {
		String[] fields = line.split("\t", -1);
		try {
			int violations = Integer.parseInt(fields[FIELDS - 1]);
			int end = FIELDS + 2 * violations;
			if (fields.length != end + 1 || !fields[end].equals(END)) {
				throw new IllegalArgumentException("The line is cut off");
			}
			Measures measures = new Measures(Long.parseLong(fields[3]), Long.parseLong(fields[4]),
					Long.parseLong(fields[5]), Long.parseLong(fields[6]), Long.parseLong(fields[7]),
					Long.parseLong(fields[8]));
			List<Violation> list = new ArrayList<>();
			for (int i = FIELDS; i < end; i += 2) {
				list.add(new Violation(unescape(fields[i]), unescape(fields[i + 1])));
			}
			return new CellResult(unescape(fields[0]), cell(fields[1]), Long.parseLong(fields[2]), measures, list);
		}
		catch (IllegalArgumentException | ArrayIndexOutOfBoundsException ex) {
			throw new IllegalArgumentException("Not the result of a cell: " + line, ex);
		}
	}

	private static Cell cell(String groupName) {
		for (Cell cell : Cell.values()) {
			if (cell.groupName().equals(groupName)) {
				return cell;
			}
		}
		throw new IllegalArgumentException("No cell " + groupName);
	}

	private static String escape(String text) {
		return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
	}

	private static String unescape(String text) {
		StringBuilder result = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char each = text.charAt(i);
			if (each == '\\' && i + 1 < text.length()) {
				i++;
				each = switch (text.charAt(i)) {
					case 't' -> '\t';
					case 'n' -> '\n';
					case 'r' -> '\r';
					default -> text.charAt(i);
				};
			}
			result.append(each);
		}
		return result.toString();
	}

}
