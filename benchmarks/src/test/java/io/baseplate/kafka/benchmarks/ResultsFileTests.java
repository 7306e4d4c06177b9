package io.baseplate.kafka.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ResultsFileTests {

	private static final String CONDITIONS = "3 messages, JDK 17";

	private static final List<String> STACKS = List.of("a", "b");

	@TempDir
	Path directory;

	private Path file;

	@BeforeEach
	void setUp() {
		this.file = this.directory.resolve("results.jsonl");
	}

	@Test
	void aRoundThatHasAllItsFiguresIsNotRunAgain() {
		ResultsFile results = open();
		round(results, 1, "a", "b");
		ResultsFile later = open();
		assertThat(later.isComplete(Workload.W1, 1, STACKS)).isTrue();
		assertThat(later.of(Workload.W1)).isEqualTo(results.of(Workload.W1)).hasSize(2);
		assertThat(later.isComplete(Workload.W1, 2, STACKS)).isFalse();
		assertThat(later.isComplete(Workload.W2, 1, STACKS)).isFalse();
	}

	@Test
	void aRoundThatWasInterruptedIsRunAgainAsAWhole() {
		round(open(), 1, "a");
		ResultsFile later = open();
		assertThat(later.isComplete(Workload.W1, 1, STACKS)).isFalse();
		later.begin(Workload.W1, 1);
		later.add(TestResults.rate(Workload.W1, 1, "b", 5));
		// Interrupted again: the figures of "a" are of another time than those of "b".
		ResultsFile again = open();
		assertThat(again.isComplete(Workload.W1, 1, STACKS)).isFalse();
		assertThat(again.of(Workload.W1)).extracting(RunResult::stack).containsExactly("b");
	}

	@Test
	void aRoundWithAProblemIsRunAgain() {
		ResultsFile results = open();
		round(results, 1, "a");
		results.add(TestResults.problem(Workload.W1, 1, "b"));
		assertThat(results.isComplete(Workload.W1, 1, STACKS)).isFalse();
		assertThat(open().isComplete(Workload.W1, 1, STACKS)).isFalse();
		assertThat(open().of(Workload.W1)).last().satisfies((result) -> assertThat(result.problems()).hasSize(1));
	}

	@Test
	void aLineThatWasCutOffIsForgotten() throws IOException {
		round(open(), 1, "a");
		Files.writeString(this.file, "{\"result\":{\"workload\":\"W1\",\"measurement\":{}", StandardOpenOption.APPEND);
		ResultsFile later = open();
		assertThat(later.of(Workload.W1)).hasSize(1);
		later.add(TestResults.rate(Workload.W1, 1, "b", 5));
		assertThat(open().isComplete(Workload.W1, 1, STACKS)).isTrue();
	}

	@Test
	void resultsOfOtherConditionsAreRefused() {
		open();
		assertThatIllegalStateException().isThrownBy(() -> ResultsFile.open(this.file, "4 messages, JDK 17"))
			.withMessageContaining(CONDITIONS)
			.withMessageContaining("benchmark.directory");
	}

	private ResultsFile open() {
		return ResultsFile.open(this.file, CONDITIONS);
	}

	private static void round(ResultsFile results, int round, String... stacks) {
		results.begin(Workload.W1, round);
		for (String stack : stacks) {
			results.add(TestResults.rate(Workload.W1, round, stack, 1000));
		}
	}

}
