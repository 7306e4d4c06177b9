package io.baseplate.kafka.chaos.row;

import java.nio.file.Path;
import java.util.List;

import io.baseplate.kafka.chaos.check.CellResult;
import io.baseplate.kafka.chaos.check.Report;
import io.baseplate.kafka.chaos.process.BrokerCluster;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three rows of the fault matrix, each with one seed: real applications and a real broker
 * that are killed and restarted, and the checker's judgement of what was recorded. The
 * whole matrix is a command of its own, see docs/guarantees.md.
 */
class ShortSelectionTests {

	private static final long SEED = 1;

	@TempDir(cleanup = CleanupMode.ON_SUCCESS)
	private static Path directory;

	private static BrokerCluster cluster;

	@BeforeAll
	static void start() {
		cluster = BrokerCluster.start(directory.resolve("brokers"), 1, BrokerOptions.defaults());
	}

	@AfterAll
	static void stop() {
		cluster.close();
	}

	@Test
	void afterKillsOfApplicationsNothingIsLostAndRepeatsStayWithinTheirBounds() {
		run(new KillApplication());
	}

	@Test
	void aRollingRestartUnderLoadLosesAndRepeatsNothing() {
		run(new RollingRestart());
	}

	@Test
	void afterKillsOfTheBrokerNothingIsLostAndOnlyWhatWasUncommittedRepeats() {
		run(new BrokerKill());
	}

	private static void run(Row row) {
		List<CellResult> results = new Trial(row, SEED, false).run(cluster, directory.resolve(row.name())).results();
		assertThat(results).hasSize(10).allMatch((result) -> result.measures().handled() > 500);
		assertThat(results).as(() -> Report.text(results)).allMatch(CellResult::isKept);
	}

}
