package io.baseplate.kafka.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.baseplate.kafka.benchmarks.run.JsonFiles;
import org.jspecify.annotations.Nullable;

/**
 * The results, a line of JSON each. A round that was interrupted or had a problem is run
 * again as a whole, because ratios are within a round; its former lines do not count from
 * then on.
 */
final class ResultsFile {

	private final Path file;

	private final List<RunResult> results = new ArrayList<>();

	private ResultsFile(Path file) {
		this.file = file;
	}

	/**
	 * Open a file, or begin one.
	 * @param file the file
	 * @param conditions what all results have in common
	 * @return the results so far
	 */
	static ResultsFile open(Path file, String conditions) {
		ResultsFile results = new ResultsFile(file);
		if (Files.exists(file)) {
			results.load(conditions);
		}
		else {
			results.append(new Line(conditions, null, null));
		}
		return results;
	}

	private void load(String conditions) {
		String text = JsonFiles.read(this.file);
		String whole = text.substring(0, text.lastIndexOf('\n') + 1);
		if (whole.length() < text.length()) {
			// The last line was cut off while it was written.
			JsonFiles.write(this.file, whole);
		}
		whole.lines().map((line) -> JsonFiles.parse(line, Line.class)).forEach((line) -> load(line, conditions));
	}

	private void load(Line line, String conditions) {
		if (line.conditions() != null && !line.conditions().equals(conditions)) {
			throw new IllegalStateException(
					"%s has results of other conditions: %s, and not %s. Set another benchmark.directory"
						.formatted(this.file, line.conditions(), conditions));
		}
		if (line.begun() != null) {
			forget(line.begun());
		}
		if (line.result() != null) {
			this.results.add(line.result());
		}
	}

	private void forget(Round round) {
		this.results.removeIf((result) -> result.workload() == round.workload() && result.round() == round.number());
	}

	/**
	 * Whether a round has figures of all stacks.
	 * @param workload the workload
	 * @param round the round
	 * @param stacks the names of the stacks
	 * @return {@code false} where it must be run
	 */
	boolean isComplete(Workload workload, int round, Collection<String> stacks) {
		Set<String> measured = this.results.stream()
			.filter((result) -> result.workload() == workload && result.round() == round && result.isMeasured())
			.map(RunResult::stack)
			.collect(Collectors.toSet());
		return measured.containsAll(stacks);
	}

	void begin(Workload workload, int round) {
		Round begun = new Round(workload, round);
		forget(begun);
		append(new Line(null, begun, null));
	}

	void add(RunResult result) {
		this.results.add(result);
		append(new Line(null, null, result));
	}

	List<RunResult> of(Workload workload) {
		return this.results.stream().filter((result) -> result.workload() == workload).toList();
	}

	private void append(Line line) {
		try {
			Files.writeString(this.file, JsonFiles.line(line) + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE,
					StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * One of three.
	 *
	 * @param conditions what all results have in common
	 * @param begun a round that begins, again perhaps
	 * @param result a result
	 */
	private record Line(@Nullable String conditions, @Nullable Round begun, @Nullable RunResult result) {
	}

	/**
	 * A round of a workload.
	 *
	 * @param workload the workload
	 * @param number its number, from 1
	 */
	private record Round(Workload workload, int number) {
	}

}
