package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * How long the brokers have been silent: since when no heartbeat response, fetch response
 * or commit response came back. Reads the client's own counters, which count responses
 * (unlike {@code last-heartbeat-seconds-ago}, which knows what was sent). The reader
 * looks, any thread asks.
 */
final class BrokerContact {

	private static final long LOOK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final Ticker ticker;

	private final List<? extends Metric> counters;

	private double seen = -1;

	private long looked;

	private volatile long last;

	/**
	 * Create a new instance; the brokers have just answered. Reader thread.
	 * @param kafka the client
	 * @param ticker the time
	 */
	BrokerContact(Consumer<byte[], byte[]> kafka, Ticker ticker) {
		this.ticker = ticker;
		this.counters = kafka.metrics()
			.entrySet()
			.stream()
			.filter((entry) -> counts(entry.getKey()))
			.map(Map.Entry::getValue)
			.toList();
		this.last = ticker.nanos();
		this.looked = this.last - LOOK_INTERVAL_NANOS;
	}

	private static boolean counts(MetricName name) {
		return switch (name.name()) {
			case "heartbeat-total", "commit-total" -> AnswerMetrics.is(name, name.name());
			case "fetch-total" ->
				name.group().equals("consumer-fetch-manager-metrics") && !name.tags().containsKey("topic");
			default -> false;
		};
	}

	/**
	 * Look at the counters, now and then. Reader thread.
	 */
	void look() {
		long now = this.ticker.nanos();
		if (now - this.looked < LOOK_INTERVAL_NANOS) {
			return;
		}
		this.looked = now;
		double sum = 0;
		for (Metric counter : this.counters) {
			if (counter.metricValue() instanceof Double value && !value.isNaN()) {
				sum += value;
			}
		}
		if (sum != this.seen || this.counters.isEmpty()) {
			this.seen = sum;
			this.last = now;
		}
	}

	/**
	 * How long the brokers have been silent.
	 * @return nanoseconds
	 */
	long silence() {
		return this.ticker.nanos() - this.last;
	}

}
