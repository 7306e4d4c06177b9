package io.baseplate.kafka.chaos.row;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.baseplate.kafka.chaos.check.Report;
import io.baseplate.kafka.chaos.process.BrokerCluster;

/**
 * The command that runs the fault matrix: every row with every seed, one after the other.
 * Trials that have a result are not run again, so that an interrupted matrix goes on
 * where it stopped. Ends with the table, and with exit code 1 where a promise was broken.
 */
public final class Matrix {

	private final Results results;

	private boolean broken;

	private Matrix(Results results) {
		this.results = results;
	}

	/**
	 * Run. System properties: {@code chaos.rows} (names between commas, all where it is
	 * empty), {@code chaos.seeds} (numbers between commas), {@code chaos.loaded} (those
	 * seeds that are run under CPU load), {@code chaos.directory} (where results and logs
	 * go), and those of the {@link Soak}.
	 * @param args none
	 */
	public static void main(String[] args) {
		List<Row> rows = Rows.named(System.getProperty("chaos.rows", ""));
		List<Long> seeds = numbers(System.getProperty("chaos.seeds", "1,2,3,4,5"));
		Set<Long> loaded = Set.copyOf(numbers(System.getProperty("chaos.loaded", "4,5")));
		Matrix matrix = new Matrix(new Results(Path.of(System.getProperty("chaos.directory", "target/matrix"))));
		List<Trial> trials = new ArrayList<>();
		for (Row row : rows) {
			List<Trial> ofRow = seeds.stream().map((seed) -> new Trial(row, seed, loaded.contains(seed))).toList();
			trials.addAll(ofRow);
			matrix.run(row, ofRow);
		}
		String table = Report.markdown(matrix.results.read(trials));
		matrix.results.writeTable(table);
		System.out.println(table);
		System.exit(matrix.broken ? 1 : 0);
	}

	private static List<Long> numbers(String text) {
		return Arrays.stream(text.split(","))
			.map(String::strip)
			.filter((number) -> !number.isEmpty())
			.map(Long::valueOf)
			.collect(Collectors.toList());
	}

	private void run(Row row, List<Trial> trials) {
		List<Trial> missing = trials.stream().filter((trial) -> !this.results.has(trial)).toList();
		for (Trial trial : trials) {
			if (!missing.contains(trial)) {
				tell(trial, "has a result", this.results.read(trial).stream().allMatch((result) -> result.isKept()));
			}
		}
		if (missing.isEmpty()) {
			return;
		}
		missing.forEach(this.results::clear);
		Path directory = this.results.working(missing.get(0)).resolve("brokers");
		try (BrokerCluster cluster = BrokerCluster.start(directory, row.brokers(), row.brokerOptions())) {
			for (Trial trial : missing) {
				Trial.Outcome outcome = trial.run(cluster, this.results.working(trial));
				this.results.write(trial, outcome.results());
				System.out.print(Report.text(outcome.results()));
				tell(trial, outcome.time().toSeconds() + " s " + outcome.notes(), outcome.isKept());
			}
		}
		catch (RuntimeException ex) {
			this.broken = true;
			System.out.println(row.name() + " could not be finished");
			ex.printStackTrace(System.out);
		}
	}

	private void tell(Trial trial, String what, boolean kept) {
		this.broken |= !kept;
		System.out.printf("%s seed %d%s: %s, %s%n", trial.row().name(), trial.seed(),
				trial.loaded() ? " under load" : "", kept ? "kept" : "VIOLATED", what);
	}

}
