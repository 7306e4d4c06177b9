package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Each fault of the proxy does what it says, to a server that sends back what it gets.
 */
class FaultProxyTests {

	private static final Duration DELAY = Duration.ofMillis(150);

	private final Echo echo = new Echo();

	private final FaultProxy proxy = FaultProxy.start(BrokerNode.HOST, this.echo.port());

	@AfterEach
	void close() throws IOException {
		this.proxy.close();
		this.echo.close();
	}

	@Test
	void withoutFaultsEverythingGoesThroughUnchangedAndEndsWhenItEnds() throws IOException {
		byte[] sent = new byte[5_000_000];
		new Random(1).nextBytes(sent);
		try (Socket client = connect()) {
			CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, sent));
			byte[] received = client.getInputStream().readNBytes(sent.length);
			writing.join();
			client.shutdownOutput();
			assertThat(Arrays.equals(received, sent)).isTrue();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		Awaitility.await().until(() -> this.proxy.openConnections() == 0);
	}

	@Test
	void aDelayHoldsEachDirectionUpAndLetsManyMessagesBeOnTheirWay() throws IOException {
		try (Socket client = connect()) {
			this.proxy.delay(DELAY);
			long start = System.nanoTime();
			for (int i = 0; i < 20; i++) {
				write(client, new byte[] { (byte) i });
			}
			byte[] received = client.getInputStream().readNBytes(20);
			assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * DELAY.toNanos())
				.isLessThan(20 * DELAY.toNanos());
			assertThat(received[19]).isEqualTo((byte) 19);
		}
	}

	@Test
	void aStallLetsNothingThroughAndTheHealingDeliversIt() throws IOException {
		try (Socket client = connect()) {
			this.proxy.stall();
			write(client, "held".getBytes());
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client.getInputStream()::read);
			assertThat(this.echo.received()).isZero();
			this.proxy.heal();
			assertThat(new String(client.getInputStream().readNBytes(4))).isEqualTo("held");
		}
	}

	@Test
	void stalledAnswersLetRequestsThrough() throws IOException {
		try (Socket client = connect()) {
			this.proxy.stallAnswers();
			write(client, "done".getBytes());
			Awaitility.await().until(() -> this.echo.received() == 4);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client.getInputStream()::read);
			this.proxy.heal();
			assertThat(new String(client.getInputStream().readNBytes(4))).isEqualTo("done");
		}
	}

	@Test
	void aResetLosesWhatWasHeldBack() throws IOException {
		try (Socket client = connect()) {
			this.proxy.stall();
			write(client, "lost".getBytes());
			Awaitility.await().until(() -> this.proxy.openConnections() == 1);
			this.proxy.reset();
			this.proxy.heal();
			assertThatExceptionOfType(SocketException.class).isThrownBy(client.getInputStream()::read);
		}
		try (Socket client = connect()) {
			assertThat(roundTrip(client)).isTrue();
		}
		assertThat(this.echo.received()).isOne();
	}

	@Test
	void refusedConnectionsAreRefusedUntilTheHealingOnTheSameAddress() throws IOException {
		try (Socket client = connect()) {
			assertThat(roundTrip(client)).isTrue();
			this.proxy.refuse();
			assertThatExceptionOfType(SocketException.class).isThrownBy(client.getInputStream()::read);
		}
		assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
		this.proxy.heal();
		try (Socket client = connect()) {
			assertThat(roundTrip(client)).isTrue();
		}
	}

	@Test
	void withoutAServerConnectionsAreReset() throws IOException {
		this.echo.close();
		try (Socket client = connect()) {
			assertThatExceptionOfType(SocketException.class).isThrownBy(client.getInputStream()::read);
		}
	}

	@Test
	void afterClosingThereIsNoThreadAndNoConnection() throws IOException {
		try (Socket client = connect()) {
			assertThat(roundTrip(client)).isTrue();
			String thread = "fault-proxy-" + client.getPort();
			assertThat(threads()).contains(thread);
			this.proxy.close();
			assertThatExceptionOfType(SocketException.class).isThrownBy(client.getInputStream()::read);
			assertThat(threads()).doesNotContain(thread);
		}
		assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
	}

	@Test
	void closingIsDoneOnceAndTwiceDoesNoHarm() {
		for (int i = 0; i < 50; i++) {
			FaultProxy another = FaultProxy.start(BrokerNode.HOST, this.echo.port());
			another.close();
			another.close();
		}
	}

	private static String[] threads() {
		return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toArray(String[]::new);
	}

	private Socket connect() throws IOException {
		String[] address = this.proxy.address().split(":");
		Socket socket = new Socket();
		socket.connect(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
		socket.setTcpNoDelay(true);
		socket.setSoTimeout(1000);
		return socket;
	}

	private static void write(Socket socket, byte[] bytes) {
		try {
			socket.getOutputStream().write(bytes);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean roundTrip(Socket socket) throws IOException {
		write(socket, new byte[] { 7 });
		return socket.getInputStream().read() == 7;
	}

	private static final class Echo {

		private final ServerSocket server;

		private final AtomicLong received = new AtomicLong();

		private final Thread acceptor;

		Echo() {
			try {
				this.server = new ServerSocket(Ports.free(1).get(0), 50, InetAddress.getLoopbackAddress());
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			this.acceptor = start(this::accept);
		}

		private static Thread start(Runnable task) {
			Thread thread = new Thread(task, "echo");
			thread.setDaemon(true);
			thread.start();
			return thread;
		}

		private void accept() {
			try {
				while (true) {
					Socket socket = this.server.accept();
					start(() -> echo(socket));
				}
			}
			catch (IOException ex) {
				// Closed.
			}
		}

		private void echo(Socket socket) {
			try (socket; InputStream in = socket.getInputStream()) {
				byte[] buffer = new byte[8192];
				for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
					this.received.addAndGet(count);
					socket.getOutputStream().write(buffer, 0, count);
				}
			}
			catch (IOException ex) {
				// Reset.
			}
		}

		int port() {
			return this.server.getLocalPort();
		}

		long received() {
			return this.received.get();
		}

		void close() throws IOException {
			this.server.close();
			try {
				// Until it has left the system call, it may still take a connection.
				this.acceptor.join();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
