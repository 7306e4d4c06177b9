package io.baseplate.kafka.benchmarks;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import io.baseplate.kafka.benchmarks.run.JsonFiles;

/**
 * The command that measures. Rounds that have results are not run again, so that an
 * interrupted run goes on where it stopped. Ends with the tables, and with exit code 1
 * where a stack did not do as it claims.
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	/**
	 * Run. System properties, all optional: {@code benchmark.workloads},
	 * {@code benchmark.stacks}, {@code benchmark.rounds}, {@code benchmark.messages},
	 * {@code benchmark.seconds}, {@code benchmark.short}, {@code benchmark.java},
	 * {@code benchmark.directory}.
	 * @param args none
	 */
	public static void main(String[] args) throws Exception {
		BenchmarkSettings settings = BenchmarkSettings.of(System::getProperty);
		Path logs = Files.createDirectories(settings.directory().resolve("runs"));
		ResultsFile results = ResultsFile.open(settings.directory().resolve("results.jsonl"), settings.conditions());
		try (Campaign campaign = new Campaign(settings, results, logs)) {
			for (Workload workload : settings.workloads()) {
				campaign.run(workload);
			}
			StringBuilder tables = new StringBuilder("Conditions: " + settings.conditions() + "\n");
			for (Workload workload : Workload.values()) {
				String table = Table.of(workload, results.of(workload));
				if (!table.isEmpty()) {
					tables.append("\n").append(table);
				}
			}
			campaign.problems().forEach((problem) -> tables.append("\nPROBLEM: ").append(problem));
			JsonFiles.write(settings.directory().resolve("tables.md"), tables.toString());
			new PrintStream(System.out, true, StandardCharsets.UTF_8).println(tables);
			if (!campaign.problems().isEmpty()) {
				campaign.close();
				System.exit(1);
			}
		}
	}

}
