package io.baseplate.kafka.chaos.journal;

import java.nio.file.Path;

import io.baseplate.kafka.chaos.Cell;

/**
 * A process that writes to its journal and says on standard output how far it is, until
 * it is killed, or halts by itself at a given number.
 */
final class WritingProcess {

	private WritingProcess() {
	}

	public static void main(String[] arguments) {
		JournalWriter writer = JournalWriter.create(Path.of(arguments[0]));
		long halt = Long.parseLong(arguments[1]);
		for (long i = 0; true; i++) {
			long invocation = writer.started(Cell.INTERVAL_CONSUMER, 1, i, i);
			writer.ended(invocation, Cell.INTERVAL_CONSUMER, 1, i, i);
			if (i == halt) {
				Runtime.getRuntime().halt(3);
			}
			if (i % 1000 == 0) {
				System.out.println(i);
				System.out.flush();
			}
		}
	}

}
