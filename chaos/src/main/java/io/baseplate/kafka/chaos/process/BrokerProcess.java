package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One broker of a cluster: the same node, on the same directory and ports, however often
 * its process is killed and started.
 */
public final class BrokerProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

	private final BrokerNode node;

	private final BrokerOptions options;

	private final FaultProxy proxy;

	private volatile @Nullable ChildProcess process;

	BrokerProcess(BrokerNode node, BrokerOptions options, FaultProxy proxy) {
		this.node = node;
		this.options = options;
		this.proxy = proxy;
	}

	/**
	 * The node's id.
	 * @return 1 for the first broker
	 */
	public int id() {
		return this.node.id();
	}

	/**
	 * The way from applications to this broker.
	 * @return the proxy
	 */
	public FaultProxy proxy() {
		return this.proxy;
	}

	/**
	 * Where the broker's own log goes.
	 * @return the file
	 */
	public Path log() {
		return this.node.directory().resolve("broker.log");
	}

	/**
	 * The process id.
	 * @return the id of the process that runs now
	 */
	public long pid() {
		return process().pid();
	}

	/**
	 * Whether the broker has a process, paused or not.
	 * @return true until it is killed or stopped
	 */
	public boolean isAlive() {
		ChildProcess current = this.process;
		return current != null && current.isAlive();
	}

	/**
	 * Start, for the first time or again, and wait until clients can connect.
	 * @return when
	 */
	public Span start() {
		return Span.of(() -> {
			launch();
			awaitListening();
		});
	}

	void launch() {
		if (isAlive()) {
			throw new IllegalStateException("Broker " + id() + " is running");
		}
		List<String> jvm = new ArrayList<>(this.options.jvm());
		jvm.addAll(List.of("-cp", ClassPath.brokers().toString()));
		this.process = ChildProcess.start("broker " + id(), log(), jvm, "kafka.Kafka",
				List.of(this.node.configuration().toString()));
	}

	void awaitListening() {
		Waiting.until(() -> {
			if (!isAlive()) {
				throw new IllegalStateException(process().describeExit());
			}
			return isListening(this.node.directPort()) && isListening(this.node.proxiedPort());
		}, START_TIMEOUT, () -> process().describeExit());
	}

	private static boolean isListening(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Kill -9. What the broker wrote stays.
	 * @return when
	 */
	public Span kill() {
		return process().kill();
	}

	/**
	 * Stop as for maintenance: leaders move away before the process ends.
	 * @return when
	 */
	public Span stop() {
		return process().terminate(STOP_TIMEOUT);
	}

	/**
	 * SIGSTOP: connections stay open, and nobody answers.
	 * @return when
	 */
	public Span pause() {
		return process().pause();
	}

	/**
	 * SIGCONT.
	 * @return when
	 */
	public Span resume() {
		return process().resume();
	}

	private ChildProcess process() {
		ChildProcess current = this.process;
		if (current == null) {
			throw new IllegalStateException("Broker " + id() + " was never started");
		}
		return current;
	}

	@Override
	public void close() {
		ChildProcess current = this.process;
		if (current != null) {
			current.close();
		}
		this.proxy.close();
	}

}
