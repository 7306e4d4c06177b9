package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.chaos.process.ProxiedConnection.Faults;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy in front of one broker that can make a bad network. One thread does it all.
 * Where the broker does not take a connection, the client's is reset.
 */
public final class FaultProxy implements NetworkFaults, AutoCloseable {

	private static final long COMMAND_TIMEOUT = 30;

	private final InetSocketAddress address;

	private final InetSocketAddress target;

	private final Selector selector;

	private final Thread thread;

	private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

	// What follows belongs to the thread.

	private final List<ProxiedConnection> connections = new ArrayList<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

	private Faults faults = Faults.NONE;

	private @Nullable ServerSocketChannel listener;

	private boolean closed;

	private FaultProxy(InetSocketAddress address, InetSocketAddress target) throws IOException {
		this.address = address;
		this.target = target;
		this.selector = Selector.open();
		this.thread = new Thread(this::run, "fault-proxy-" + address.getPort());
		this.thread.setDaemon(true);
	}

	/**
	 * Start a proxy on a port of its own choice.
	 * @param host where to listen and to connect to
	 * @param port the target's port
	 * @return the proxy
	 */
	public static FaultProxy start(String host, int port) {
		try {
			FaultProxy proxy = new FaultProxy(new InetSocketAddress(host, Ports.free(1).get(0)),
					new InetSocketAddress(host, port));
			proxy.thread.start();
			proxy.heal();
			return proxy;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Where to connect.
	 * @return host and port
	 */
	public String address() {
		return this.address.getHostString() + ":" + this.address.getPort();
	}

	@Override
	public Span delay(Duration delay) {
		return command(() -> this.faults = new Faults(delay.toNanos(), this.faults.stallsRequests(),
				this.faults.stallsAnswers()));
	}

	@Override
	public Span stall() {
		return command(() -> this.faults = new Faults(this.faults.delayNanos(), true, true));
	}

	@Override
	public Span stallAnswers() {
		return command(() -> this.faults = new Faults(this.faults.delayNanos(), this.faults.stallsRequests(), true));
	}

	@Override
	public Span reset() {
		return command(this::resetAll);
	}

	@Override
	public Span refuse() {
		return command(() -> {
			stopListening();
			resetAll();
		});
	}

	@Override
	public Span heal() {
		return command(() -> {
			this.faults = Faults.NONE;
			listen();
		});
	}

	/**
	 * Connections that are open now.
	 * @return how many
	 */
	public int openConnections() {
		CompletableFuture<Integer> count = new CompletableFuture<>();
		command(() -> count.complete(this.connections.size()));
		return count.join();
	}

	private Span command(Runnable command) {
		return Span.of(() -> {
			CompletableFuture<Void> done = new CompletableFuture<>();
			this.commands.add(() -> {
				try {
					command.run();
					done.complete(null);
				}
				catch (RuntimeException ex) {
					done.completeExceptionally(ex);
				}
			});
			this.selector.wakeup();
			// The command that closes the proxy is the last thing that its thread does.
			if (!this.thread.isAlive() && !done.isDone()) {
				throw new IllegalStateException("The proxy is closed");
			}
			done.orTimeout(COMMAND_TIMEOUT, TimeUnit.SECONDS).join();
		});
	}

	private void run() {
		try {
			while (!this.closed) {
				this.selector.select(this::ready, timeout());
				for (Runnable command = this.commands.poll(); command != null; command = this.commands.poll()) {
					command.run();
				}
				long now = System.nanoTime();
				this.connections.forEach((connection) -> connection.work(this.faults, this.buffer, now));
				this.connections.removeIf((connection) -> !connection.isOpen());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			resetAll();
			stopListening();
			closeSelector();
		}
	}

	/**
	 * Milliseconds, rounded up; 0 is without end.
	 */
	private long timeout() {
		long now = System.nanoTime();
		long nanos = this.connections.stream()
			.mapToLong((connection) -> connection.untilRelease(this.faults, now))
			.min()
			.orElse(Long.MAX_VALUE);
		return (nanos == Long.MAX_VALUE) ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
	}

	private void ready(SelectionKey key) {
		if (key.attachment() instanceof ProxiedConnection connection) {
			connection.ready(key);
		}
		else if (key.channel() instanceof ServerSocketChannel server) {
			accept(server);
		}
	}

	private void accept(ServerSocketChannel server) {
		try {
			SocketChannel client = server.accept();
			if (client != null) {
				this.connections.add(ProxiedConnection.open(client, this.target, this.selector));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void resetAll() {
		this.connections.forEach(ProxiedConnection::reset);
		this.connections.clear();
		finishClosing();
	}

	/**
	 * A closed channel keeps its socket until the selector has let go of it.
	 */
	private void finishClosing() {
		try {
			this.selector.selectNow(this::ready);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void listen() {
		if (this.listener != null) {
			return;
		}
		try {
			ServerSocketChannel server = ServerSocketChannel.open();
			server.bind(this.address);
			server.configureBlocking(false).register(this.selector, SelectionKey.OP_ACCEPT);
			this.listener = server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot listen at " + this.address, ex);
		}
	}

	private void stopListening() {
		ServerSocketChannel server = this.listener;
		this.listener = null;
		if (server == null) {
			return;
		}
		try {
			server.close();
			finishClosing();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void closeSelector() {
		try {
			this.selector.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		if (!this.thread.isAlive()) {
			return;
		}
		command(() -> this.closed = true);
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(COMMAND_TIMEOUT));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
