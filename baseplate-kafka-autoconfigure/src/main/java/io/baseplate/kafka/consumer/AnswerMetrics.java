package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * Answers of the coordinator by the client's own metrics: {@code heartbeat-total} and
 * {@code sync-total} count answers, not what was sent. Any thread.
 */
final class AnswerMetrics implements Answers {

	private final List<? extends Metric> counts;

	private final List<? extends Metric> times;

	private AnswerMetrics(Consumer<byte[], byte[]> kafka, String count, String time) {
		this.counts = named(kafka, count);
		this.times = named(kafka, time);
	}

	/**
	 * Answers to heartbeats.
	 * @param kafka the client
	 * @return the answers
	 */
	static AnswerMetrics ofHeartbeats(Consumer<byte[], byte[]> kafka) {
		return new AnswerMetrics(kafka, "heartbeat-total", "heartbeat-response-time-max");
	}

	/**
	 * Answers to the last step of joining under the classic protocol.
	 * @param kafka the client
	 * @return the answers
	 */
	static AnswerMetrics ofSyncs(Consumer<byte[], byte[]> kafka) {
		return new AnswerMetrics(kafka, "sync-total", "sync-time-max");
	}

	/**
	 * Whether a metric is the coordinator's.
	 * @param metric the metric's name
	 * @param name the name that it should have
	 * @return {@code true} where it is
	 */
	static boolean is(MetricName metric, String name) {
		return metric.name().equals(name) && metric.group().equals("consumer-coordinator-metrics");
	}

	private static List<? extends Metric> named(Consumer<byte[], byte[]> kafka, String name) {
		return kafka.metrics()
			.entrySet()
			.stream()
			.filter((entry) -> is(entry.getKey(), name))
			.map(Map.Entry::getValue)
			.toList();
	}

	@Override
	public long count() {
		if (this.counts.isEmpty()) {
			return UNKNOWN;
		}
		double sum = 0;
		for (Metric metric : this.counts) {
			if (metric.metricValue() instanceof Double value && !value.isNaN()) {
				sum += value;
			}
		}
		return Math.round(sum);
	}

	@Override
	public long slowest() {
		double slowest = -1;
		for (Metric metric : this.times) {
			if (metric.metricValue() instanceof Double value && !value.isNaN()) {
				slowest = Math.max(slowest, value);
			}
		}
		// The client measures in whole milliseconds.
		return (slowest < 0) ? UNKNOWN : Math.round((slowest + 1) * TimeUnit.MILLISECONDS.toNanos(1));
	}

}
