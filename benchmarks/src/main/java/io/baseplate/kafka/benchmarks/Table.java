package io.baseplate.kafka.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The figures of a workload as a table of Markdown: medians, ranges in parentheses where
 * there is more than one round.
 */
final class Table {

	private final Workload workload;

	private final Comparison comparison;

	private final StringBuilder text = new StringBuilder();

	private Table(Workload workload, List<RunResult> results) {
		this.workload = workload;
		this.comparison = new Comparison(workload, results);
	}

	/**
	 * Make a table.
	 * @param workload the workload
	 * @param results its results
	 * @return the table; empty where nothing was measured
	 */
	static String of(Workload workload, List<RunResult> results) {
		return new Table(workload, results).build();
	}

	private String build() {
		List<Contender> measured = this.workload.contenders()
			.stream()
			.filter((contender) -> this.comparison.figure(contender, this.workload.figure()).isPresent())
			.toList();
		if (measured.isEmpty()) {
			return "";
		}
		List<String> titles = titles();
		this.text.append("### %s: %s%n%n".formatted(this.workload, this.workload.title()));
		row(titles);
		row(titles.stream().map((title) -> title.equals("stack") || title.equals("target") ? "---" : "---:").toList());
		measured.forEach((contender) -> row(cells(contender)));
		return this.text.toString();
	}

	private List<String> titles() {
		List<String> titles = new ArrayList<>(List.of("stack"));
		if (this.workload.figure() == Figure.RATE) {
			titles.addAll(List.of("messages/s", "share"));
		}
		else {
			titles.addAll(List.of("p50 µs", "share", "p99 µs", "share"));
		}
		titles.addAll(List.of("target", "client CPU µs", "broker CPU µs", "bytes", "switches", "commits", "RSS MB"));
		return titles;
	}

	private List<String> cells(Contender contender) {
		List<String> cells = new ArrayList<>(List.of(contender.name()));
		if (this.workload.figure() == Figure.RATE) {
			addWithShare(cells, contender, Figure.RATE);
		}
		else {
			addWithShare(cells, contender, Figure.P50);
			addWithShare(cells, contender, Figure.P99);
		}
		cells.add(contender.targets()
			.stream()
			.map((target) -> judge(contender, target))
			.collect(Collectors.joining(", ")));
		cells.add(number(contender, Figure.CLIENT_CPU, "%,.2f"));
		cells.add(number(contender, Figure.BROKER_CPU, "%,.2f"));
		cells.add(number(contender, Figure.ALLOCATED, "%,.0f"));
		cells.add(number(contender, Figure.SWITCHES, "%.3f"));
		cells.add(number(contender, Figure.COMMITS, "%.4f"));
		cells.add(number(contender, Figure.RSS, "%,.0f"));
		return cells;
	}

	private void addWithShare(List<String> cells, Contender contender, Figure figure) {
		cells.add(number(contender, figure, "%,.0f"));
		cells.add(format(this.comparison.ratio(contender, figure), "%.3f"));
	}

	private String judge(Contender contender, Target target) {
		return this.comparison.judged(contender, target)
			.map((value) -> target + (target.isReached(value) ? "" : " MISSED"))
			.orElse(target + " ?");
	}

	private String number(Contender contender, Figure figure, String format) {
		return format(this.comparison.figure(contender, figure), format);
	}

	private static String format(Optional<Spread> spread, String format) {
		return spread.map((values) -> {
			String median = String.format(Locale.ROOT, format, values.median());
			return (values.min() == values.max()) ? median : "%s (%s to %s)".formatted(median,
					String.format(Locale.ROOT, format, values.min()), String.format(Locale.ROOT, format, values.max()));
		}).orElse("");
	}

	private void row(List<String> cells) {
		this.text.append("| ").append(String.join(" | ", cells)).append(" |\n");
	}

}
