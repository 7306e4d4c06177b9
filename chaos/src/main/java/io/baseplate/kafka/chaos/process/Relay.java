package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One direction of a connection: what was read and is still to be written, and when.
 */
final class Relay {

	/**
	 * Held back at most; beyond that the sender's socket fills up, as it would.
	 */
	private static final int LIMIT = 1024 * 1024;

	private final SocketChannel from;

	private final SocketChannel to;

	private final Deque<Chunk> held = new ArrayDeque<>();

	private int bytes;

	private boolean ended;

	private boolean endWritten;

	private boolean blocked;

	Relay(SocketChannel from, SocketChannel to) {
		this.from = from;
		this.to = to;
	}

	/**
	 * Take what has come.
	 * @param buffer an empty buffer, of use to nobody afterwards
	 * @param release when it may be written, by {@link System#nanoTime()}
	 */
	void read(ByteBuffer buffer, long release) throws IOException {
		int count = this.from.read(buffer);
		if (count < 0) {
			this.ended = true;
			return;
		}
		if (count == 0) {
			return;
		}
		buffer.flip();
		byte[] content = new byte[count];
		buffer.get(content);
		this.held.add(new Chunk(ByteBuffer.wrap(content), release));
		this.bytes += count;
	}

	boolean wantsToRead() {
		return !this.ended && this.bytes < LIMIT;
	}

	/**
	 * Write what may be written now.
	 * @param now the time
	 */
	void write(long now) throws IOException {
		this.blocked = false;
		Chunk first = this.held.peek();
		while (first != null && first.release - now <= 0) {
			this.bytes -= this.to.write(first.content);
			if (first.content.hasRemaining()) {
				this.blocked = true;
				return;
			}
			this.held.remove();
			first = this.held.peek();
		}
		if (first == null && this.ended && !this.endWritten) {
			this.to.shutdownOutput();
			this.endWritten = true;
		}
	}

	/**
	 * Whether the receiver's socket is full.
	 * @return true until it takes more
	 */
	boolean isBlocked() {
		return this.blocked;
	}

	boolean isOver() {
		return this.endWritten;
	}

	/**
	 * Until the next chunk may be written.
	 * @param now the time
	 * @return nanoseconds, {@link Long#MAX_VALUE} where nothing is held back
	 */
	long untilRelease(long now) {
		Chunk first = this.held.peek();
		return (first != null && !this.blocked) ? Math.max(0, first.release - now) : Long.MAX_VALUE;
	}

	private record Chunk(ByteBuffer content, long release) {
	}

}
