package io.baseplate.kafka.chaos.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a journal, whether its process is still running or has been killed at any moment:
 * records that were begun and not finished, and a file that is cut short, are no errors.
 */
public final class JournalReader {

	private final Path file;

	private final String process;

	private final boolean begun;

	private final long pid;

	private final long nanos;

	private final long wallNanos;

	private JournalReader(Path file) {
		this.file = file;
		String name = file.getFileName().toString();
		this.process = name.endsWith(".journal") ? name.substring(0, name.length() - ".journal".length()) : name;
		ByteBuffer header = ByteBuffer.allocate(JournalFormat.HEADER_BYTES).order(JournalFormat.ORDER);
		try (FileChannel channel = FileChannel.open(file)) {
			while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
				// until it is there, or the file ends
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		long magic = header.getLong(JournalFormat.HEADER_MAGIC);
		if (magic != 0 && magic != JournalFormat.MAGIC) {
			throw new IllegalArgumentException(file + " is not a journal");
		}
		this.begun = magic != 0;
		this.pid = header.getLong(JournalFormat.HEADER_PID);
		this.nanos = header.getLong(JournalFormat.HEADER_NANOS);
		this.wallNanos = header.getLong(JournalFormat.HEADER_WALL_NANOS);
	}

	/**
	 * Open a journal.
	 * @param file the file
	 * @return its reader
	 * @throws UncheckedIOException where the file cannot be read
	 * @throws IllegalArgumentException where it is not a journal
	 */
	public static JournalReader open(Path file) {
		return new JournalReader(file);
	}

	/**
	 * Read journals as objects, one journal after the other.
	 * @param files the files
	 * @return the events, of each journal in the order in which they were begun
	 */
	public static List<Event> read(Path... files) {
		List<Event> events = new ArrayList<>();
		for (Path file : files) {
			JournalReader reader = open(file);
			reader.forEach((slot, type, nanos, cell, partition, offset, id, value) -> events
				.add(new Event(reader.process(), type, nanos, cell, partition, offset, id, value)));
		}
		return events;
	}

	/**
	 * The name of the process: the file's name without {@code .journal}.
	 * @return the name
	 */
	public String process() {
		return this.process;
	}

	/**
	 * Whether the process came as far as to write the header. Otherwise there is nothing
	 * to read, and no pid and no clock.
	 * @return {@code true} where there is a header
	 */
	public boolean isBegun() {
		return this.begun;
	}

	/**
	 * The process id.
	 * @return the pid
	 */
	public long pid() {
		return this.pid;
	}

	/**
	 * When the journal was created, on the monotonic clock of all events.
	 * @return nanoseconds
	 */
	public long nanos() {
		return this.nanos;
	}

	/**
	 * The same moment on the wall clock.
	 * @return nanoseconds since 1970
	 */
	public long wallNanos() {
		return this.wallNanos;
	}

	/**
	 * Visit all records in the order of their slots: the order in which they were begun,
	 * for each thread the order of time.
	 * @param visitor is told each record
	 */
	public void forEach(Visitor visitor) {
		if (!this.begun) {
			return;
		}
		try (FileChannel channel = FileChannel.open(this.file)) {
			long records = Math.max(0, channel.size() - JournalFormat.HEADER_BYTES) / JournalFormat.RECORD_BYTES;
			for (long first = 0; first < records; first += JournalFormat.RECORDS_PER_CHUNK) {
				int count = (int) Math.min(records - first, JournalFormat.RECORDS_PER_CHUNK);
				ByteBuffer buffer = channel
					.map(MapMode.READ_ONLY, JournalFormat.HEADER_BYTES + first * JournalFormat.RECORD_BYTES,
							(long) count * JournalFormat.RECORD_BYTES)
					.order(JournalFormat.ORDER);
				visit(buffer, first, count, visitor);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void visit(ByteBuffer buffer, long first, int count, Visitor visitor) {
		for (int i = 0; i < count; i++) {
			int at = i * JournalFormat.RECORD_BYTES;
			long lastWord = (long) JournalFormat.WORD.getAcquire(buffer, at + JournalFormat.LAST_WORD);
			int code = JournalFormat.typeCode(lastWord);
			if (code == 0) {
				continue;
			}
			if (!EventType.isCode(code)) {
				throw new IllegalStateException("%s: record %d has type %d".formatted(this.file, first + i, code));
			}
			visitor.event(first + i, EventType.ofCode(code), buffer.getLong(at + JournalFormat.NANOS),
					JournalFormat.cell(lastWord), JournalFormat.partition(lastWord),
					buffer.getLong(at + JournalFormat.OFFSET), buffer.getLong(at + JournalFormat.ID),
					buffer.getLong(at + JournalFormat.VALUE));
		}
	}

	/**
	 * Is told the records of a journal.
	 */
	@FunctionalInterface
	public interface Visitor {

		/**
		 * One record.
		 * @param slot its place in the journal, which the end of an invocation has as its
		 * value
		 * @param type what happened
		 * @param nanos when
		 * @param cell the code of the cell, or -1
		 * @param partition the message's partition, or -1
		 * @param offset the message's offset, or -1
		 * @param id the message's id, or -1
		 * @param value the sample, state, total, or slot
		 */
		void event(long slot, EventType type, long nanos, int cell, int partition, long offset, long id, long value);

	}

}
