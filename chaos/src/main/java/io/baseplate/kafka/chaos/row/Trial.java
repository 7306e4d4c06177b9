package io.baseplate.kafka.chaos.row;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.baseplate.kafka.chaos.check.CellResult;
import io.baseplate.kafka.chaos.process.BrokerCluster;
import io.baseplate.kafka.chaos.process.CpuLoad;

/**
 * One row with one seed, from its start to its judgement.
 *
 * @param row the row
 * @param seed from which everything that chance decides follows
 * @param loaded whether other work takes the processors meanwhile
 */
record Trial(Row row, long seed, boolean loaded) {

	/**
	 * Run it.
	 * @param cluster brokers as the row wants them
	 * @param directory an empty directory
	 * @return what came of it
	 */
	Outcome run(BrokerCluster cluster, Path directory) {
		long begun = System.nanoTime();
		String name = this.row.name().replace('-', '_') + "_" + this.seed;
		try (CpuLoad load = CpuLoad.start(this.loaded ? 2 : 0);
				Run run = new Run(cluster, directory, name, this.seed)) {
			this.row.run(run);
			run.quiesce();
			Health.expectUp(run);
			run.stopAll();
			List<CellResult> results = new Judge(this.row, run, this.seed).judge();
			return new Outcome(results, Duration.ofNanos(System.nanoTime() - begun), run.notes().toString());
		}
	}

	/**
	 * What came of a trial.
	 *
	 * @param results of each cell
	 * @param time how long it took
	 * @param notes what was measured besides
	 */
	record Outcome(List<CellResult> results, Duration time, String notes) {

		boolean isKept() {
			return this.results.stream().allMatch(CellResult::isKept);
		}

	}

}
