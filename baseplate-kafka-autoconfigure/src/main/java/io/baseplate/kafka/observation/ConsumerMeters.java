package io.baseplate.kafka.observation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongBinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.baseplate.kafka.consumer.ConsumerGauges;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.observation.KafkaConsumerMeter.ConsumerKey;
import io.baseplate.kafka.observation.KafkaConsumerMeter.SharedKey;
import io.baseplate.kafka.observation.SharedMeters.Share;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one consumer from the opening of a connection to the closing. Meters are
 * looked up when the first message of their kind comes and kept; after the closing they
 * are gone from the registry, and what a handler that was left behind still records goes
 * nowhere. Any thread.
 */
final class ConsumerMeters implements AutoCloseable {

	private static final Duration[] BUCKETS = { Duration.ofNanos(100_000), Duration.ofNanos(500_000),
			Duration.ofMillis(1), Duration.ofNanos(2_500_000), Duration.ofMillis(5), Duration.ofMillis(10),
			Duration.ofMillis(25), Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250),
			Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(15),
			Duration.ofSeconds(30) };

	private final MeterRegistry registry;

	private final SharedMeters shared;

	private final ConsumerGauges gauges;

	private final Tags consumerTags;

	private final Tag clientName;

	private final Deque<Share<?>> shares = new ArrayDeque<>();

	private final Map<String, TopicMeters> topics = new ConcurrentHashMap<>();

	private final Map<TopicPartition, List<GaugeShare>> partitions = new HashMap<>();

	private final GaugeShare queueDepth;

	private final Counter invalid;

	private final Counter commits;

	private final Counter commitFailures;

	private final Timer commitTime;

	private final Counter rebalances;

	private volatile @Nullable Timer latency;

	private boolean disconnected;

	private boolean closed;

	ConsumerMeters(MeterRegistry registry, ConsumerSettings settings, ConsumerGauges gauges) {
		this.registry = registry;
		this.shared = SharedMeters.of(registry);
		this.gauges = gauges;
		this.consumerTags = Tags.of(tag(ConsumerKey.CONSUMER, settings.name()));
		this.clientName = tag(SharedKey.CLIENT_NAME, settings.clientName());
		this.invalid = counter(KafkaConsumerMeter.INVALID, this.consumerTags);
		this.commits = counter(KafkaConsumerMeter.COMMITS, this.consumerTags);
		this.commitFailures = counter(KafkaConsumerMeter.COMMIT_FAILURES, this.consumerTags);
		this.commitTime = timer(KafkaConsumerMeter.COMMIT_TIME, this.consumerTags);
		this.rebalances = counter(KafkaConsumerMeter.REBALANCES, this.consumerTags);
		this.queueDepth = gauge(KafkaConsumerMeter.QUEUE_DEPTH, this.consumerTags, Long::sum, gauges::queueDepth);
	}

	/**
	 * The registry's clock.
	 * @return nanoseconds since some moment
	 */
	long nanos() {
		return this.registry.config().clock().monotonicTime();
	}

	/**
	 * The meters of a topic.
	 * @param topic the topic
	 * @return the meters, or {@code null} after the closing
	 */
	@Nullable TopicMeters topic(String topic) {
		TopicMeters meters = this.topics.get(topic);
		return (meters != null) ? meters : addTopic(topic);
	}

	private synchronized @Nullable TopicMeters addTopic(String topic) {
		if (this.closed) {
			return null;
		}
		return this.topics.computeIfAbsent(topic, TopicMeters::new);
	}

	void invalid() {
		this.invalid.increment();
	}

	void latency(long nanos) {
		Timer latency = this.latency;
		if (latency == null) {
			latency = addLatency();
		}
		if (latency != null) {
			latency.record(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
		}
	}

	private synchronized @Nullable Timer addLatency() {
		if (this.latency == null && !this.closed) {
			this.latency = timer(KafkaConsumerMeter.LATENCY, this.consumerTags);
		}
		return this.latency;
	}

	void commitDone(long nanos, boolean success) {
		(success ? this.commits : this.commitFailures).increment();
		this.commitTime.record(nanos, TimeUnit.NANOSECONDS);
	}

	synchronized void assigned(Collection<TopicPartition> partitions) {
		if (this.disconnected || partitions.isEmpty()) {
			return;
		}
		this.rebalances.increment();
		for (TopicPartition partition : partitions) {
			this.partitions.computeIfAbsent(partition, this::addPartition);
		}
	}

	private List<GaugeShare> addPartition(TopicPartition partition) {
		Tags tags = this.consumerTags.and(tag(ConsumerKey.TOPIC, partition.topic()),
				tag(ConsumerKey.PARTITION, Integer.toString(partition.partition())));
		return List.of(
				gauge(KafkaConsumerMeter.LAST_HANDLED_OFFSET, tags, Math::max,
						() -> this.gauges.lastHandledOffset(partition)),
				gauge(KafkaConsumerMeter.LAG, tags, Long::sum, () -> this.gauges.lag(partition)));
	}

	synchronized void unassigned(Collection<TopicPartition> partitions) {
		if (this.disconnected || partitions.isEmpty()) {
			return;
		}
		this.rebalances.increment();
		for (TopicPartition partition : partitions) {
			List<GaugeShare> gauges = this.partitions.remove(partition);
			if (gauges != null) {
				gauges.forEach(GaugeShare::close);
			}
		}
	}

	/**
	 * Share the meters that another instance has made, so that they stay when that is
	 * closed.
	 * @param former the other instance
	 */
	void continueFrom(ConsumerMeters former) {
		former.topics.forEach((name, topic) -> {
			TopicMeters meters = topic(name);
			if (meters != null) {
				meters.continueFrom(topic);
			}
		});
		if (former.latency != null) {
			addLatency();
		}
	}

	/**
	 * The connection ends: the gauges go, what was counted stays.
	 */
	synchronized void disconnect() {
		if (!this.disconnected) {
			this.disconnected = true;
			this.queueDepth.close();
			this.partitions.values().forEach((gauges) -> gauges.forEach(GaugeShare::close));
			this.partitions.clear();
		}
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		disconnect();
		this.shares.forEach(Share::close);
		this.shares.clear();
		this.topics.clear();
	}

	private Counter counter(KafkaConsumerMeter meter, Tags tags) {
		return keep(share(meter, tags,
				() -> Counter.builder(meter.getName())
					.description(meter.getDescription())
					.tags(tags)
					.register(this.registry)));
	}

	private Timer timer(KafkaConsumerMeter meter, Tags tags) {
		return keep(share(meter, tags,
				() -> Timer.builder(meter.getName())
					.description(meter.getDescription())
					.tags(tags)
					.register(this.registry)));
	}

	private Timer histogram(KafkaConsumerMeter meter, Tags tags) {
		return keep(share(meter, tags,
				() -> Timer.builder(meter.getName())
					.description(meter.getDescription())
					.tags(tags)
					.serviceLevelObjectives(BUCKETS)
					.register(this.registry)));
	}

	private LongAdder adder(KafkaConsumerMeter meter, Tags tags) {
		Share<ActiveMessages> share = this.shared.share(new Key(meter, tags), () -> {
			LongAdder count = new LongAdder();
			Gauge gauge = Gauge.builder(meter.getName(), count, LongAdder::sum)
				.description(meter.getDescription())
				.tags(tags)
				.register(this.registry);
			return new ActiveMessages(count, gauge);
		}, (active) -> this.registry.remove(active.gauge()));
		return keep(share).count();
	}

	private GaugeShare gauge(KafkaConsumerMeter meter, Tags tags, LongBinaryOperator combiner, LongSupplier figure) {
		Share<SharedGauge> share = this.shared.share(new Key(meter, tags),
				() -> new SharedGauge(combiner,
						(gauge) -> Gauge.builder(meter.getName(), gauge, SharedGauge::value)
							.description(meter.getDescription())
							.tags(tags)
							.register(this.registry)),
				(gauge) -> this.registry.remove(gauge.gauge()));
		share.get().add(figure);
		return new GaugeShare(share, figure);
	}

	private <M extends Meter> Share<M> share(KafkaConsumerMeter meter, Tags tags, Supplier<M> registration) {
		return this.shared.share(new Key(meter, tags), registration, this.registry::remove);
	}

	private <T> T keep(Share<T> share) {
		this.shares.add(share);
		return share.get();
	}

	private static Tag tag(KeyName key, String value) {
		return Tag.of(key.asString(), value);
	}

	/**
	 * The meters of baseplate.py for one topic.
	 */
	final class TopicMeters {

		private final Tags tags;

		private final LongAdder active;

		private volatile @Nullable Processed succeeded;

		private volatile @Nullable Processed failed;

		private TopicMeters(String topic) {
			this.tags = Tags.of(ConsumerMeters.this.clientName, tag(SharedKey.TOPIC, topic));
			this.active = adder(KafkaConsumerMeter.ACTIVE, this.tags);
		}

		void started() {
			this.active.increment();
		}

		void ended(boolean success, long nanos) {
			this.active.decrement();
			Processed processed = success ? this.succeeded : this.failed;
			if (processed == null) {
				processed = add(success);
			}
			if (processed != null) {
				processed.time().record(nanos, TimeUnit.NANOSECONDS);
				processed.total().increment();
			}
		}

		private void continueFrom(TopicMeters former) {
			if (former.succeeded != null) {
				add(true);
			}
			if (former.failed != null) {
				add(false);
			}
		}

		private @Nullable Processed add(boolean success) {
			synchronized (ConsumerMeters.this) {
				Processed processed = success ? this.succeeded : this.failed;
				if (processed == null && !ConsumerMeters.this.closed) {
					Tags tags = this.tags.and(tag(SharedKey.SUCCESS, Boolean.toString(success)));
					processed = new Processed(histogram(KafkaConsumerMeter.PROCESSING_TIME, tags),
							counter(KafkaConsumerMeter.PROCESSED, tags));
					if (success) {
						this.succeeded = processed;
					}
					else {
						this.failed = processed;
					}
				}
				return processed;
			}
		}

	}

	private record Key(KafkaConsumerMeter meter, Tags tags) {
	}

	private record Processed(Timer time, Counter total) {
	}

	private record ActiveMessages(LongAdder count, Gauge gauge) {
	}

	private record GaugeShare(Share<SharedGauge> share, LongSupplier figure) {

		void close() {
			this.share.get().remove(this.figure);
			this.share.close();
		}

	}

}
