package io.baseplate.kafka.observation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one Kafka client, by Micrometer's own names. Those that the client makes
 * later, of its partitions for example, are found within a minute.
 */
final class ClientMetrics implements AutoCloseable {

	private final ClientMetricsScheduler.Lane lane;

	private final KafkaClientMetrics metrics;

	private ClientMetrics(ClientMetricsScheduler.Lane lane, KafkaClientMetrics metrics) {
		this.lane = lane;
		this.metrics = metrics;
	}

	static @Nullable ClientMetrics bind(ClientMetricsScheduler scheduler, Consumer<byte[], byte[]> kafka, Tags tags,
			MeterRegistry registry) {
		ClientMetricsScheduler.Lane lane = scheduler.open();
		if (lane == null) {
			return null;
		}
		ClientMetrics metrics = new ClientMetrics(lane, new KafkaClientMetrics(kafka, tags, lane));
		try {
			metrics.metrics.bindTo(registry);
		}
		catch (RuntimeException ex) {
			metrics.close();
			throw ex;
		}
		return metrics;
	}

	@Override
	public void close() {
		this.lane.close(this.metrics::close);
	}

}
