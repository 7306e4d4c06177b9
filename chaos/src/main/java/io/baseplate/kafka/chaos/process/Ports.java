package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Ports for servers that go and come back. They lie below the range from which Linux
 * takes the ports of outgoing connections (32768 and up): from there, somebody's
 * connection could hold the port while its server is away, and a client that tries again
 * and again to connect to an absent server would in the end connect to itself.
 */
final class Ports {

	private static final int LOWEST = 20_000;

	private static final int HIGHEST = 32_000;

	private static final int ATTEMPTS = 1000;

	private static final SplittableRandom random = new SplittableRandom();

	/**
	 * Promised to servers of this harness, which may not listen yet, or not now.
	 */
	private static final Set<Integer> taken = new HashSet<>();

	private Ports() {
	}

	static synchronized List<Integer> free(int count) {
		List<ServerSocket> held = new ArrayList<>();
		try {
			for (int attempt = 0; held.size() < count; attempt++) {
				if (attempt > ATTEMPTS) {
					throw new IllegalStateException("No free ports between " + LOWEST + " and " + HIGHEST);
				}
				tryToHold(held);
			}
			List<Integer> ports = held.stream().map(ServerSocket::getLocalPort).toList();
			taken.addAll(ports);
			return ports;
		}
		finally {
			held.forEach(Ports::release);
		}
	}

	private static void tryToHold(List<ServerSocket> held) {
		int port = random.nextInt(LOWEST, HIGHEST);
		if (taken.contains(port)) {
			return;
		}
		try {
			ServerSocket socket = new ServerSocket();
			held.add(socket);
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		}
		catch (IOException ex) {
			release(held.remove(held.size() - 1));
		}
	}

	private static void release(ServerSocket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
