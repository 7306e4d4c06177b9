package io.baseplate.kafka.broker;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.InOrderConsumer;
import io.baseplate.kafka.consumer.UserCode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes the consumers of one test, and stops them after it.
 */
final class Consumers implements AutoCloseable {

	private final Cluster cluster;

	private final List<QueueConsumer> started = new ArrayList<>();

	Consumers(Cluster cluster) {
		this.cluster = cluster;
	}

	QueueConsumer inOrder(String group, String topic, Map<String, Object> client,
			UnaryOperator<ConsumerSettings.Builder> customizer, MessageHandler<?> handler) {
		return make(ConsumerSettings.inOrder(name(group), group, List.of(topic)), client, customizer,
				UserCode.ofRecords(handler), ConsumerRuntime.plain());
	}

	QueueConsumer fast(String group, String topic, Map<String, Object> client,
			UnaryOperator<ConsumerSettings.Builder> customizer, MessageHandler<?> handler) {
		return make(ConsumerSettings.fast(name(group), group, List.of(topic)), client, customizer,
				UserCode.ofRecords(handler), ConsumerRuntime.plain());
	}

	QueueConsumer make(ConsumerSettings.Builder builder, Map<String, Object> client,
			UnaryOperator<ConsumerSettings.Builder> customizer, UserCode code, ConsumerRuntime runtime) {
		return make(builder, client, customizer, code, runtime, this.cluster::client);
	}

	QueueConsumer make(ConsumerSettings.Builder builder, Map<String, Object> client,
			UnaryOperator<ConsumerSettings.Builder> customizer, UserCode code, ConsumerRuntime runtime,
			BiFunction<String, Map<String, Object>, Consumer<byte[], byte[]>> clients) {
		ConsumerSettings settings = customizer.apply(builder.bootstrapServers(this.cluster.bootstrapServers())).build();
		Map<String, Object> all = new HashMap<>(client);
		all.putIfAbsent("max.poll.records", settings.maxPollRecords());
		all.putIfAbsent("max.poll.interval.ms", (int) settings.maxPollInterval().toMillis());
		QueueConsumer consumer = (settings.mode() == ConsumerMode.IN_ORDER)
				? new InOrderConsumer(settings, () -> clients.apply(settings.groupId(), all), code, runtime)
				: new FastConsumer(settings, () -> clients.apply(settings.groupId(), all), code, runtime);
		this.started.add(consumer);
		return consumer;
	}

	static String name(String group) {
		return "kafka_consumer." + group.substring(group.indexOf('.') + 1);
	}

	static String body(ConsumerRecord<byte[], byte[]> message) {
		return new String(message.value(), StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.started.forEach(QueueConsumer::stopAsync);
		this.started.forEach(QueueConsumer::stop);
	}

}
