package io.baseplate.kafka.chaos.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import io.baseplate.kafka.chaos.Cell;
import org.jspecify.annotations.Nullable;

/**
 * Writes the journal of this process. A record is in the page cache as soon as a method
 * returns, so it survives the end of the process by whatever signal (not the end of the
 * machine). All methods may be called by any thread, interrupted or not; a write takes no
 * lock, allocates nothing, and takes its time ({@link System#nanoTime()}, on Linux
 * comparable between processes) first.
 */
public final class JournalWriter implements AutoCloseable {

	private final Path file;

	private final AtomicLong slots = new AtomicLong();

	private volatile Chunk current;

	private @Nullable Chunk previous;

	private JournalWriter(Path file, Chunk first) {
		this.file = file;
		this.current = first;
	}

	/**
	 * Create a journal.
	 * @param file the file to create; its name, without {@code .journal}, is the name of
	 * the process
	 * @return the writer
	 * @throws UncheckedIOException where the file exists already or cannot be written
	 */
	public static JournalWriter create(Path file) {
		try {
			MappedByteBuffer header;
			try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
					StandardOpenOption.WRITE)) {
				header = channel.map(MapMode.READ_WRITE, 0, JournalFormat.HEADER_BYTES);
			}
			JournalWriter writer = new JournalWriter(file, new Chunk(0, map(file, 0)));
			writeHeader(header);
			return writer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void writeHeader(MappedByteBuffer header) {
		header.order(JournalFormat.ORDER);
		header.putLong(JournalFormat.HEADER_PID, ProcessHandle.current().pid());
		// Both clocks together: of some tries the one that took least time.
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 20; i++) {
			long before = System.nanoTime();
			Instant now = Instant.now();
			long after = System.nanoTime();
			if (after - before < least) {
				least = after - before;
				header.putLong(JournalFormat.HEADER_NANOS, before + (after - before) / 2);
				header.putLong(JournalFormat.HEADER_WALL_NANOS, now.getEpochSecond() * 1_000_000_000L + now.getNano());
			}
		}
		JournalFormat.WORD.setRelease(header, JournalFormat.HEADER_MAGIC, JournalFormat.MAGIC);
	}

	/**
	 * An invocation of a handler begins.
	 * @param cell whose handler
	 * @param partition the message's partition
	 * @param offset the message's offset
	 * @param id the message's id
	 * @return the invocation, for {@link #ended}, {@link #failed} or {@link #interrupted}
	 */
	public long started(Cell cell, int partition, long offset, long id) {
		return write(EventType.STARTED, cell.code(), partition, offset, id, 0);
	}

	/**
	 * The handler is about to return normally.
	 * @param invocation what {@link #started} returned
	 * @param cell whose handler
	 * @param partition the message's partition
	 * @param offset the message's offset
	 * @param id the message's id
	 */
	public void ended(long invocation, Cell cell, int partition, long offset, long id) {
		write(EventType.ENDED, cell.code(), partition, offset, id, invocation);
	}

	/**
	 * The handler is about to throw.
	 * @param invocation what {@link #started} returned
	 * @param cell whose handler
	 * @param partition the message's partition
	 * @param offset the message's offset
	 * @param id the message's id
	 */
	public void failed(long invocation, Cell cell, int partition, long offset, long id) {
		write(EventType.FAILED, cell.code(), partition, offset, id, invocation);
	}

	/**
	 * The handler saw its interrupt and is about to leave with an exception.
	 * @param invocation what {@link #started} returned
	 * @param cell whose handler
	 * @param partition the message's partition
	 * @param offset the message's offset
	 * @param id the message's id
	 */
	public void interrupted(long invocation, Cell cell, int partition, long offset, long id) {
		write(EventType.INTERRUPTED, cell.code(), partition, offset, id, invocation);
	}

	/**
	 * Something about one consumer.
	 * @param type a type that is neither the beginning nor the end of an invocation
	 * @param cell whose consumer
	 * @param value what it is now
	 */
	public void consumer(EventType type, Cell cell, long value) {
		if (type == EventType.STARTED || type.endsAnInvocation()) {
			throw new IllegalArgumentException(type + " is of an invocation");
		}
		write(type, cell.code(), -1, -1, -1, value);
	}

	/**
	 * Something about the process.
	 * @param type a type that is neither the beginning nor the end of an invocation
	 * @param value the sample, or 0 where there is none
	 */
	public void process(EventType type, long value) {
		if (type == EventType.STARTED || type.endsAnInvocation()) {
			throw new IllegalArgumentException(type + " is of an invocation");
		}
		write(type, -1, -1, -1, -1, value);
	}

	private long write(EventType type, int cell, int partition, long offset, long id, long value) {
		long nanos = System.nanoTime();
		long slot = this.slots.getAndIncrement();
		ByteBuffer buffer = chunk(slot / JournalFormat.RECORDS_PER_CHUNK);
		int at = (int) (slot % JournalFormat.RECORDS_PER_CHUNK) * JournalFormat.RECORD_BYTES;
		buffer.putLong(at + JournalFormat.NANOS, nanos);
		buffer.putLong(at + JournalFormat.OFFSET, offset);
		buffer.putLong(at + JournalFormat.ID, id);
		buffer.putLong(at + JournalFormat.VALUE, value);
		JournalFormat.WORD.setRelease(buffer, at + JournalFormat.LAST_WORD,
				JournalFormat.lastWord(type, cell, partition));
		return slot;
	}

	ByteBuffer chunk(long index) {
		Chunk chunk = this.current;
		return (chunk.index == index) ? chunk.buffer : otherChunk(index);
	}

	/**
	 * Moves on to the next chunk, or finds an older one for a thread that was held up
	 * after it claimed its slot. Full chunks are let go, so that they are unmapped and do
	 * not add to what the process holds in memory.
	 */
	private synchronized ByteBuffer otherChunk(long index) {
		Chunk current = this.current;
		if (current.index == index) {
			return current.buffer;
		}
		Chunk previous = this.previous;
		if (previous != null && previous.index == index) {
			return previous.buffer;
		}
		Chunk chunk = new Chunk(index, map(this.file, index));
		if (index > current.index) {
			this.previous = current;
			this.current = chunk;
		}
		return chunk.buffer;
	}

	/**
	 * Opens the file anew each time: a channel that stays open would be closed by the
	 * interrupt of a handler that happens to need the next chunk.
	 */
	private static ByteBuffer map(Path file, long index) {
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
					long position = JournalFormat.HEADER_BYTES + index * JournalFormat.CHUNK_BYTES;
					return channel.map(MapMode.READ_WRITE, position, JournalFormat.CHUNK_BYTES)
						.order(JournalFormat.ORDER);
				}
				catch (ClosedByInterruptException ex) {
					interrupted |= Thread.interrupted();
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Nothing is left to do: what has been written is in the file, and a handler that
	 * outlives its consumer may still write.
	 */
	@Override
	public void close() {
	}

	private record Chunk(long index, ByteBuffer buffer) {
	}

}
