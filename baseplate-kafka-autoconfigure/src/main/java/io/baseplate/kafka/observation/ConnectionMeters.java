package io.baseplate.kafka.observation;

import java.util.Set;

import io.baseplate.kafka.consumer.ConsumerGauges;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every meter that there is because of one connection. Those that tell of the open
 * connection end with it; counters stay until the consumer stops, or opens another.
 * Reader thread.
 */
final class ConnectionMeters implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionMeters.class);

	private final ConsumerMeters consumer;

	private final ObservationMeters observations;

	private final @Nullable ClientMetrics client;

	private boolean disconnected;

	private ConnectionMeters(ConsumerMeters consumer, ObservationMeters observations, @Nullable ClientMetrics client) {
		this.consumer = consumer;
		this.observations = observations;
		this.client = client;
	}

	static ConnectionMeters open(Source source, ConsumerSettings settings, Consumer<byte[], byte[]> kafka,
			ConsumerGauges gauges) {
		MeterRegistry registry = source.registry;
		return new ConnectionMeters(new ConsumerMeters(registry, settings, gauges),
				new ObservationMeters(registry, source.observationNames, settings.topics()),
				bind(source, settings, kafka));
	}

	/**
	 * The client's metrics are worth less than the consumer's: these must not fail with
	 * those.
	 */
	private static @Nullable ClientMetrics bind(Source source, ConsumerSettings settings,
			Consumer<byte[], byte[]> kafka) {
		try {
			return ClientMetrics.bind(source.scheduler, kafka,
					Tags.of(KafkaConsumerMeter.ConsumerKey.CONSUMER.asString(), settings.name()), source.registry);
		}
		catch (RuntimeException ex) {
			logger.warn("The metrics of the Kafka client of {} could not be registered", settings.name(), ex);
			return null;
		}
	}

	ConsumerMeters consumer() {
		return this.consumer;
	}

	/**
	 * Go on with what was counted during the connection before.
	 * @param former the meters of that connection, which are closed then
	 */
	void continueFrom(ConnectionMeters former) {
		this.consumer.continueFrom(former.consumer);
		former.close();
	}

	/**
	 * The connection ends: what can only be told of an open one goes, what was counted
	 * stays.
	 */
	void disconnect() {
		if (this.disconnected) {
			return;
		}
		this.disconnected = true;
		try {
			if (this.client != null) {
				this.client.close();
			}
		}
		finally {
			this.consumer.disconnect();
		}
	}

	@Override
	public void close() {
		try {
			disconnect();
		}
		finally {
			this.consumer.close();
			this.observations.close();
		}
	}

	/**
	 * Where the meters of all consumers of an application come from.
	 */
	static final class Source implements AutoCloseable {

		private final MeterRegistry registry;

		private final Set<String> observationNames;

		private final ClientMetricsScheduler scheduler = new ClientMetricsScheduler();

		/**
		 * Create a source.
		 * @param registry the registry
		 * @param observationNames the observations that the application's handlers may
		 * make meters of
		 */
		Source(MeterRegistry registry, Set<String> observationNames) {
			this.registry = registry;
			this.observationNames = observationNames;
		}

		@Override
		public void close() {
			this.scheduler.close();
		}

	}

}
