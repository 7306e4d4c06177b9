package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Each fault of the proxy does what it says, on a server that sends back what it gets.
 */
class FaultProxyTests {

	private ServerSocket server;

	private FaultProxy proxy;

	@BeforeEach
	void start() throws IOException {
		this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		Thread echo = new Thread(this::echo, "echo");
		echo.setDaemon(true);
		echo.start();
		this.proxy = FaultProxy.start(BrokerNode.HOST, this.server.getLocalPort());
	}

	@AfterEach
	void stop() throws IOException {
		this.proxy.close();
		this.server.close();
	}

	@Test
	void withoutAFaultEverythingPasses() throws IOException {
		try (Socket client = connect()) {
			assertThat(answer(client, 1)).isEqualTo(1);
		}
	}

	@Test
	void aDelayHoldsEachByteBackInBothDirections() throws IOException {
		try (Socket client = connect()) {
			answer(client, 1);
			this.proxy.delay(Duration.ofMillis(200));
			long begun = System.nanoTime();
			assertThat(answer(client, 2)).isEqualTo(2);
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
		}
	}

	@Test
	void aStallLetsNothingThroughAndLosesNothing() throws IOException {
		try (Socket client = connect()) {
			answer(client, 1);
			this.proxy.stall();
			client.setSoTimeout(300);
			assertThatThrownBy(() -> answer(client, 2)).isInstanceOf(SocketTimeoutException.class);
			this.proxy.heal();
			client.setSoTimeout(5000);
			assertThat(client.getInputStream().read()).isEqualTo(2);
		}
	}

	@Test
	void aResetEndsWhatIsOpenAndTakesNewConnections() throws IOException {
		try (Socket client = connect()) {
			answer(client, 1);
			this.proxy.reset();
			assertThatThrownBy(() -> {
				answer(client, 2);
				answer(client, 3);
			}).isInstanceOf(SocketException.class);
		}
		withoutAFaultEverythingPasses();
	}

	@Test
	void aRefusalLastsUntilTheHealing() throws IOException {
		this.proxy.refuse();
		assertThatThrownBy(() -> {
			try (Socket client = connect()) {
				answer(client, 1);
			}
		}).isInstanceOf(IOException.class);
		this.proxy.heal();
		withoutAFaultEverythingPasses();
	}

	@Test
	void closingIsDoneOnceAndTwiceDoesNoHarm() {
		for (int i = 0; i < 50; i++) {
			FaultProxy another = FaultProxy.start(BrokerNode.HOST, this.server.getLocalPort());
			another.close();
			another.close();
		}
	}

	private Socket connect() throws IOException {
		String address = this.proxy.address();
		Socket client = new Socket();
		client.setSoTimeout(5000);
		client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(),
				Integer.parseInt(address.substring(address.lastIndexOf(':') + 1))), 5000);
		return client;
	}

	private static int answer(Socket client, int question) throws IOException {
		client.getOutputStream().write(question);
		int answer = client.getInputStream().read();
		if (answer < 0) {
			throw new SocketException("The connection was closed");
		}
		return answer;
	}

	private void echo() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				Thread thread = new Thread(() -> echo(socket), "echo-connection");
				thread.setDaemon(true);
				thread.start();
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private static void echo(Socket socket) {
		try (socket) {
			for (int each = socket.getInputStream().read(); each >= 0; each = socket.getInputStream().read()) {
				socket.getOutputStream().write(each);
			}
		}
		catch (IOException ex) {
			// The proxy has reset it.
		}
	}

}
