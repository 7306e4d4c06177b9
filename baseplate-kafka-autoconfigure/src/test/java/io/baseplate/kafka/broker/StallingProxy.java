package io.baseplate.kafka.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network between clients and one broker, which can stall: nothing is lost, nothing
 * arrives. Concerns only clients whose {@code client.id} begins in a certain way.
 */
final class StallingProxy implements AutoCloseable {

	/**
	 * Where the client's id is in the first request of a connection: after size, API key
	 * and version, correlation id, and length of the id.
	 */
	private static final int CLIENT_ID = 4 + 2 + 2 + 4 + 2;

	private final ServerSocket server;

	private final int brokerPort;

	private final String clientId;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final Object monitor = new Object();

	private boolean stalled;

	StallingProxy(int brokerPort, String clientId) {
		this.brokerPort = brokerPort;
		this.clientId = clientId;
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		run("accept", this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	void stall(boolean stalled) {
		synchronized (this.monitor) {
			this.stalled = stalled;
			this.monitor.notifyAll();
		}
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			this.sockets.add(client);
			Socket broker = new Socket(InetAddress.getLoopbackAddress(), this.brokerPort);
			this.sockets.add(broker);
			run("connection", () -> connect(client, broker));
		}
	}

	private void connect(Socket client, Socket broker) throws IOException {
		byte[] beginning = new byte[CLIENT_ID + this.clientId.length()];
		int length = client.getInputStream().readNBytes(beginning, 0, beginning.length);
		boolean stalls = new String(beginning, StandardCharsets.ISO_8859_1).endsWith(this.clientId);
		broker.getOutputStream().write(Arrays.copyOf(beginning, length));
		run("answers", () -> forward(broker, client, stalls));
		forward(client, broker, stalls);
	}

	private void forward(Socket from, Socket to, boolean stalls) throws IOException {
		InputStream in = from.getInputStream();
		OutputStream out = to.getOutputStream();
		byte[] buffer = new byte[1 << 16];
		for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
			if (stalls) {
				awaitFlow();
			}
			out.write(buffer, 0, length);
		}
		to.shutdownOutput();
	}

	private void awaitFlow() throws IOException {
		synchronized (this.monitor) {
			while (this.stalled) {
				try {
					this.monitor.wait();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
			}
		}
	}

	private void run(String name, Transfer transfer) {
		Thread thread = new Thread(() -> {
			try {
				transfer.run();
			}
			catch (IOException ex) {
				// One of the two has closed.
			}
		}, "stalling-proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		stall(false);
		this.server.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	private interface Transfer {

		void run() throws IOException;

	}

}
