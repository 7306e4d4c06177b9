package io.baseplate.kafka.chaos.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.baseplate.kafka.chaos.Cell;

/**
 * What happens once in a run, in whichever process and however often a message is handled
 * again: a file says that it has happened.
 */
final class Marks {

	private final Path directory;

	Marks(Path directory) {
		this.directory = directory;
	}

	/**
	 * Whether it is to happen now.
	 * @param cell the cell
	 * @param task the message
	 * @return true the first time that it is asked in a run
	 */
	boolean isFirst(Cell cell, Task task) {
		try {
			Files.createFile(this.directory.resolve(cell.groupName() + "-" + task.id()));
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
