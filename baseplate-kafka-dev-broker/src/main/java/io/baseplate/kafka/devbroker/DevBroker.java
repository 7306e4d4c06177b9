package io.baseplate.kafka.devbroker;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker inside this JVM, for development and tests: one node in KRaft mode
 * that is broker and controller, listening on the loopback address without encryption or
 * authentication.
 *
 * <pre class="code">
 * try (DevBroker broker = DevBroker.builder().build().start()) {
 *     broker.createTopic("links", 4);
 *     connect(broker.bootstrapServers());
 * }
 * </pre>
 *
 * <p>
 * Everything of the broker's version works: transactions, both group protocols (KIP-848
 * too) and share groups. Replication factors are 1, groups do not wait for further
 * members, and session timeouts may be as short as 100 ms. Starting takes 2 to 3 seconds,
 * stopping half a second.
 *
 * <p>
 * A broker can be stopped and started again: it keeps its port and its data. Only
 * {@link #close()} deletes the data of a broker without a {@link Builder#directory(Path)
 * directory}. Where Kafka would end the process because of a fault, this broker logs an
 * error, is no longer {@link #isRunning() running}, and tells
 * {@link Builder#onFault(Consumer) who asked to know}; the process goes on.
 *
 * <p>
 * Safe for use by several threads. Not for production: nothing is replicated and nothing
 * is protected.
 */
public final class DevBroker implements AutoCloseable {

	/**
	 * The name of the listener for clients, for {@link Builder#property(String, String)
	 * properties} that name a listener.
	 */
	public static final String LISTENER = BrokerProperties.CLIENTS_LISTENER;

	private static final Logger logger = LoggerFactory.getLogger(DevBroker.class);

	private static final AtomicInteger counter = new AtomicInteger();

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

	private static final Duration STOP_TIMEOUT_AFTER_FAULT = Duration.ofSeconds(5);

	private static final Duration THREADS_TIMEOUT = Duration.ofSeconds(5);

	private static final int ATTEMPTS = 5;

	private final Builder settings;

	private final Object lifecycle = new Object();

	private final BrokerThreads threads;

	private final AtomicReference<@Nullable DevBrokerException> fault = new AtomicReference<>();

	private @Nullable DataDirectory directory;

	private volatile int port;

	private volatile @Nullable KafkaRaftServer server;

	private DevBroker(Builder settings) {
		this.settings = settings;
		this.port = settings.port;
		this.threads = new BrokerThreads("kafka-dev-broker-" + counter.incrementAndGet(), this::onFault);
	}

	/**
	 * Begin to describe a broker. Without further settings it listens on a free port and
	 * keeps its data in a temporary directory.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Start the broker and wait until it serves clients. Does nothing where it runs
	 * already.
	 * @return this broker
	 * @throws DevBrokerException if the broker cannot start: the port is taken, the
	 * directory is in use or cannot be written, a property is not valid, or it takes more
	 * than 60 seconds
	 */
	public DevBroker start() {
		synchronized (this.lifecycle) {
			if (this.server != null) {
				return this;
			}
			this.fault.set(null);
			DataDirectory kept = this.directory;
			DataDirectory data = (kept != null) ? kept : DataDirectory.open(this.settings.directory);
			this.directory = data;
			long start = System.nanoTime();
			try {
				data.lock();
				start(data);
			}
			catch (RuntimeException | Error ex) {
				data.unlock();
				if (kept == null) {
					delete(data);
				}
				throw ex;
			}
			logger.info("Dev broker on {} after {} ms, data in {}", bootstrapServers(),
					Duration.ofNanos(System.nanoTime() - start).toMillis(), data.path());
			return this;
		}
	}

	private void start(DataDirectory data) {
		for (int attempt = 1;; attempt++) {
			int chosen = (this.port != 0) ? this.port : freePort();
			try {
				start(data, chosen, freePort());
				this.port = chosen;
				return;
			}
			catch (Exception ex) {
				boolean taken = isCausedBy(ex, BindException.class);
				// Somebody may have taken a free port between the look and the start.
				if (taken && attempt < ATTEMPTS && (this.port == 0 || isFree(chosen))) {
					continue;
				}
				if (taken) {
					throw new DevBrokerException("Port " + chosen + " is in use, so the dev broker cannot listen there."
							+ " Stop what uses it, or set another port; 0 takes any free one", ex);
				}
				throw new DevBrokerException("The dev broker did not start on port " + chosen + " with its data in '"
						+ data.path() + "': " + ex.getMessage(), ex);
			}
		}
	}

	private void start(DataDirectory data, int port, int controllerPort) throws Exception {
		AtomicReference<@Nullable KafkaRaftServer> started = new AtomicReference<>();
		try {
			this.threads.call("start", () -> {
				data.format();
				KafkaConfig config = KafkaConfig
					.fromProps(BrokerProperties.of(port, controllerPort, data.path(), this.settings.properties), false);
				KafkaRaftServer server = new KafkaRaftServer(config, Time.SYSTEM);
				started.set(server);
				server.startup();
			}, START_TIMEOUT);
			DevBrokerException fault = this.fault.get();
			if (fault != null) {
				throw fault;
			}
		}
		catch (Exception | Error ex) {
			KafkaRaftServer halfStarted = started.get();
			if (halfStarted != null) {
				shutDown(halfStarted, STOP_TIMEOUT_AFTER_FAULT);
			}
			throw ex;
		}
		this.server = started.get();
	}

	/**
	 * Stop the broker and keep its port and its data for the next {@link #start()}. Does
	 * nothing where it does not run. Takes at most 35 seconds; what does not end by then
	 * is left to daemon threads and logged.
	 */
	public void stop() {
		synchronized (this.lifecycle) {
			KafkaRaftServer running = this.server;
			if (running != null) {
				this.server = null;
				shutDown(running, (this.fault.get() != null) ? STOP_TIMEOUT_AFTER_FAULT : STOP_TIMEOUT);
				if (this.directory != null) {
					this.directory.unlock();
				}
			}
		}
	}

	private void shutDown(KafkaRaftServer running, Duration timeout) {
		try {
			this.threads.call("stop", () -> {
				running.shutdown();
				running.awaitShutdown();
			}, timeout);
			if (!this.threads.awaitEnd(THREADS_TIMEOUT)) {
				logger.warn("Threads of the dev broker that was on port {} are still there: {}", this.port,
						this.threads.names());
			}
		}
		catch (TimeoutException ex) {
			logger.warn("The dev broker on port {} has not stopped within {} s", this.port, timeout.toSeconds());
		}
		catch (Exception ex) {
			logger.warn("The dev broker on port {} did not stop cleanly", this.port, ex);
		}
	}

	/**
	 * Stop the broker, and delete its data where they are in a temporary directory. Once
	 * closed, a broker without a directory that is started again is empty.
	 */
	@Override
	public void close() {
		synchronized (this.lifecycle) {
			stop();
			if (this.directory != null) {
				delete(this.directory);
			}
		}
	}

	private void delete(DataDirectory data) {
		this.directory = null;
		try {
			data.deleteIfTemporary();
		}
		catch (IOException ex) {
			logger.warn("The dev broker's temporary directory {} is left behind", data.path(), ex);
		}
	}

	/**
	 * Whether the broker has been started, has not been stopped, and has had no fatal
	 * fault.
	 * @return {@code true} if clients can expect an answer
	 */
	public boolean isRunning() {
		return this.server != null && this.fault.get() == null;
	}

	/**
	 * The port for clients.
	 * @return the port
	 * @throws IllegalStateException if any free port was asked for and the broker has not
	 * been started yet
	 */
	public int port() {
		int port = this.port;
		if (port == 0) {
			throw new IllegalStateException("The dev broker has no port before it has been started: call start()");
		}
		return port;
	}

	/**
	 * Where clients connect to, for their {@code bootstrap.servers}.
	 * @return {@code localhost:{port}}
	 * @throws IllegalStateException if any free port was asked for and the broker has not
	 * been started yet
	 */
	public String bootstrapServers() {
		return BrokerProperties.HOST + ":" + port();
	}

	/**
	 * Where the broker keeps its data.
	 * @return the directory, a temporary one where none was set
	 * @throws IllegalStateException if the broker has not been started, or has been
	 * closed
	 */
	public Path directory() {
		synchronized (this.lifecycle) {
			if (this.directory == null) {
				throw new IllegalStateException("The dev broker has no data before it has been started: call start()");
			}
			return this.directory.path();
		}
	}

	/**
	 * Create a topic with the broker's defaults, and wait until clients see it. A topic
	 * that exists stays as it is, whatever the number of its partitions.
	 * @param name the topic's name
	 * @param partitions the number of partitions, 1 or more
	 * @throws IllegalStateException if the broker is not running
	 * @throws DevBrokerException if the topic cannot be created
	 */
	public void createTopic(String name, int partitions) {
		createTopic(name, partitions, Map.of());
	}

	/**
	 * Create a topic, and wait until clients see it. A topic that exists stays as it is,
	 * whatever its partitions and settings.
	 * @param name the topic's name
	 * @param partitions the number of partitions, 1 or more
	 * @param config the topic's settings, such as {@code cleanup.policy}
	 * @throws IllegalStateException if the broker is not running
	 * @throws DevBrokerException if the topic cannot be created
	 */
	public void createTopic(String name, int partitions, Map<String, String> config) {
		if (!isRunning()) {
			throw new IllegalStateException("The dev broker is not running: call start() before createTopic(...)",
					this.fault.get());
		}
		Topics.create(bootstrapServers(), this.settings.adminProperties, name, partitions, config);
	}

	private void onFault(DevBrokerException fault) {
		if (this.fault.compareAndSet(null, fault)) {
			logger.error("Dev broker on port {}: {}", this.port, fault.getMessage());
			if (this.server != null) {
				this.settings.onFault.accept(fault);
			}
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(BrokerProperties.HOST))) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new DevBrokerException("No free port was found for the dev broker", ex);
		}
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(BrokerProperties.HOST))) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isCausedBy(Throwable ex, Class<? extends Throwable> type) {
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (type.isInstance(cause)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What a broker is to be like. Not for use by several threads.
	 */
	public static final class Builder {

		private final Map<String, String> properties = new HashMap<>();

		private final Map<String, Object> adminProperties = new HashMap<>();

		private int port;

		private @Nullable Path directory;

		private Consumer<DevBrokerException> onFault = (fault) -> {
		};

		private Builder() {
		}

		private Builder(Builder other) {
			this.properties.putAll(other.properties);
			this.adminProperties.putAll(other.adminProperties);
			this.port = other.port;
			this.directory = other.directory;
			this.onFault = other.onFault;
		}

		/**
		 * The port that the broker listens on for clients.
		 * @param port 1 to 65535, or 0 (the default) for any free one, which is chosen at
		 * the first start and kept for later ones
		 * @return this builder
		 */
		public Builder port(int port) {
			if (port < 0 || port > 65535) {
				throw new IllegalArgumentException("The port must be from 0 (any free one) to 65535, not " + port);
			}
			this.port = port;
			return this;
		}

		/**
		 * Where the broker keeps its topics and groups.
		 * @param directory a directory, which is created where it is missing and never
		 * deleted; one broker at a time can use it. {@code null} (the default) is a new
		 * temporary directory, deleted when the broker is closed
		 * @return this builder
		 */
		public Builder directory(@Nullable Path directory) {
			this.directory = directory;
			return this;
		}

		/**
		 * Add or override a server property, as in Kafka's {@code server.properties}.
		 * @param name the property's name; those that follow from the port and the
		 * directory, and those that make a single node, are refused
		 * @param value the property's value
		 * @return this builder
		 * @throws IllegalArgumentException if the dev broker sets the property itself
		 */
		public Builder property(String name, String value) {
			BrokerProperties.checkAllowed(name);
			this.properties.put(name, Objects.requireNonNull(value));
			return this;
		}

		/**
		 * Add or override server properties, as in Kafka's {@code server.properties}.
		 * @param properties names and values
		 * @return this builder
		 * @throws IllegalArgumentException if the dev broker sets one of the properties
		 * itself
		 */
		public Builder properties(Map<String, String> properties) {
			properties.forEach(this::property);
			return this;
		}

		/**
		 * Add a setting for the connections of {@link DevBroker#createTopic}, for a
		 * broker whose properties ask its clients for credentials.
		 * @param name the name of a setting of Kafka's admin client
		 * @param value the setting's value
		 * @return this builder
		 */
		public Builder adminProperty(String name, Object value) {
			this.adminProperties.put(name, value);
			return this;
		}

		/**
		 * What to do when a fault inside the broker makes it useless, where a broker of
		 * its own would end its process. Called at most once per start, on one of the
		 * broker's threads: to stop the broker from there, use another thread.
		 * @param onFault gets the fault
		 * @return this builder
		 */
		public Builder onFault(Consumer<DevBrokerException> onFault) {
			this.onFault = onFault;
			return this;
		}

		/**
		 * Make the broker, without starting it.
		 * @return a broker
		 */
		public DevBroker build() {
			return new DevBroker(new Builder(this));
		}

	}

}
