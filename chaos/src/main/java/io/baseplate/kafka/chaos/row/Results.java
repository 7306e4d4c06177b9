package io.baseplate.kafka.chaos.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.baseplate.kafka.chaos.check.CellResult;

/**
 * Where the results of trials are kept, a file for each, so that an interrupted matrix
 * goes on where it stopped.
 */
final class Results {

	private final Path directory;

	Results(Path directory) {
		try {
			this.directory = Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A directory for what the processes of a trial write.
	 */
	Path working(Trial trial) {
		return this.directory.resolve(name(trial));
	}

	/**
	 * Delete what an earlier attempt at a trial has left.
	 */
	void clear(Trial trial) {
		Path left = working(trial);
		if (!Files.exists(left)) {
			return;
		}
		try (Stream<Path> files = Files.walk(left)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	boolean has(Trial trial) {
		return Files.exists(file(trial));
	}

	List<CellResult> read(Trial trial) {
		try {
			return Files.readAllLines(file(trial)).stream().map(CellResult::parse).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void write(Trial trial, List<CellResult> results) {
		try {
			Path unfinished = this.directory.resolve(name(trial) + ".unfinished");
			Files.write(unfinished, results.stream().map(CellResult::toLine).toList());
			Files.move(unfinished, file(trial), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<CellResult> read(List<Trial> trials) {
		List<CellResult> results = new ArrayList<>();
		trials.stream().filter(this::has).map(this::read).forEach(results::addAll);
		return results;
	}

	void writeTable(String markdown) {
		try {
			Files.writeString(this.directory.resolve("matrix.md"), markdown);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path file(Trial trial) {
		return this.directory.resolve(name(trial) + ".tsv");
	}

	private static String name(Trial trial) {
		return trial.row().name() + "-" + trial.seed();
	}

}
