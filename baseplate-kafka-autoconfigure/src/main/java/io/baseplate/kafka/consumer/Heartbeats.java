package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * How many heartbeats the group's coordinator has answered, from the client's own counter
 * {@code heartbeat-total}, which counts answers and not what was sent. Any thread.
 */
final class Heartbeats implements LongSupplier {

	/**
	 * The client does not count.
	 */
	static final long UNKNOWN = -1;

	private final List<? extends Metric> counters;

	Heartbeats(Consumer<byte[], byte[]> kafka) {
		this.counters = kafka.metrics()
			.entrySet()
			.stream()
			.filter((entry) -> counts(entry.getKey()))
			.map(Map.Entry::getValue)
			.toList();
	}

	static boolean counts(MetricName name) {
		return name.name().equals("heartbeat-total") && name.group().equals("consumer-coordinator-metrics");
	}

	@Override
	public long getAsLong() {
		if (this.counters.isEmpty()) {
			return UNKNOWN;
		}
		double sum = 0;
		for (Metric counter : this.counters) {
			if (counter.metricValue() instanceof Double value && !value.isNaN()) {
				sum += value;
			}
		}
		return Math.round(sum);
	}

}
