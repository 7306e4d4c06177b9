package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One connection through the proxy. Only the proxy's thread touches it.
 */
final class ProxiedConnection {

	private final SocketChannel client;

	private final SocketChannel broker;

	private final SelectionKey clientKey;

	private final SelectionKey brokerKey;

	private final Relay requests;

	private final Relay answers;

	private boolean connected;

	private boolean clientReady;

	private boolean brokerReady;

	private ProxiedConnection(SocketChannel client, SocketChannel broker, Selector selector) throws IOException {
		this.client = client;
		this.broker = broker;
		this.requests = new Relay(client, broker);
		this.answers = new Relay(broker, client);
		this.clientKey = client.configureBlocking(false).register(selector, 0, this);
		this.brokerKey = broker.configureBlocking(false).register(selector, 0, this);
		client.setOption(StandardSocketOptions.TCP_NODELAY, true);
		broker.setOption(StandardSocketOptions.TCP_NODELAY, true);
	}

	static ProxiedConnection open(SocketChannel client, SocketAddress target, Selector selector) throws IOException {
		ProxiedConnection connection = new ProxiedConnection(client, SocketChannel.open(), selector);
		try {
			connection.connected = connection.broker.connect(target);
		}
		catch (IOException ex) {
			connection.reset();
		}
		return connection;
	}

	/**
	 * The selector found something to do.
	 * @param key on which side
	 */
	void ready(SelectionKey key) {
		this.clientReady |= (key == this.clientKey);
		this.brokerReady |= (key == this.brokerKey);
	}

	/**
	 * Move bytes and await more.
	 * @param faults what holds
	 * @param buffer for reading
	 * @param now the time
	 */
	void work(Faults faults, ByteBuffer buffer, long now) {
		if (!isOpen()) {
			return;
		}
		try {
			if (!this.connected && this.brokerReady) {
				this.connected = this.broker.finishConnect();
			}
			if (this.connected) {
				move(this.requests, this.clientReady, faults.stallsRequests(), faults.delayNanos(), buffer, now);
				move(this.answers, this.brokerReady, faults.stallsAnswers(), faults.delayNanos(), buffer, now);
			}
			this.clientReady = false;
			this.brokerReady = false;
			if (this.requests.isOver() && this.answers.isOver()) {
				close();
			}
			else {
				await(this.clientKey, this.requests, this.answers);
				await(this.brokerKey, this.answers, this.requests);
			}
		}
		catch (IOException ex) {
			// One side is gone: so it is for the other.
			reset();
		}
	}

	private static void move(Relay relay, boolean ready, boolean stalled, long delay, ByteBuffer buffer, long now)
			throws IOException {
		if (ready && relay.wantsToRead()) {
			relay.read(buffer.clear(), now + delay);
		}
		if (!stalled) {
			relay.write(now);
		}
	}

	private void await(SelectionKey key, Relay incoming, Relay outgoing) {
		if (!this.connected) {
			key.interestOps((key == this.brokerKey) ? SelectionKey.OP_CONNECT : 0);
			return;
		}
		key.interestOps((incoming.wantsToRead() ? SelectionKey.OP_READ : 0)
				| (outgoing.isBlocked() ? SelectionKey.OP_WRITE : 0));
	}

	/**
	 * Until there may be something to write.
	 * @param faults what holds
	 * @param now the time
	 * @return nanoseconds, {@link Long#MAX_VALUE} where nothing is held back
	 */
	long untilRelease(Faults faults, long now) {
		long requests = faults.stallsRequests() ? Long.MAX_VALUE : this.requests.untilRelease(now);
		long answers = faults.stallsAnswers() ? Long.MAX_VALUE : this.answers.untilRelease(now);
		return this.connected ? Math.min(requests, answers) : Long.MAX_VALUE;
	}

	boolean isOpen() {
		return this.client.isOpen();
	}

	/**
	 * End both connections as a host does that knows nothing of them.
	 */
	void reset() {
		try {
			// Without lingering, closing sends a reset.
			this.client.setOption(StandardSocketOptions.SO_LINGER, 0);
			this.broker.setOption(StandardSocketOptions.SO_LINGER, 0);
			close();
		}
		catch (IOException ex) {
			close();
		}
	}

	private void close() {
		closeQuietly(this.client);
		closeQuietly(this.broker);
	}

	private static void closeQuietly(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			// Closed is all it has to be.
		}
	}

	/**
	 * What holds at the moment.
	 *
	 * @param delayNanos how much later each byte arrives
	 * @param stallsRequests whether nothing gets to the broker
	 * @param stallsAnswers whether nothing comes back
	 */
	record Faults(long delayNanos, boolean stallsRequests, boolean stallsAnswers) {

		static final Faults NONE = new Faults(0, false, false);

	}

}
