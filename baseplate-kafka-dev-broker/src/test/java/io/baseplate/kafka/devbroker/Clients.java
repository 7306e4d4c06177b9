package io.baseplate.kafka.devbroker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Plain Kafka clients of a broker.
 */
final class Clients {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final String bootstrapServers;

	Clients(DevBroker broker) {
		this.bootstrapServers = broker.bootstrapServers();
	}

	void send(String topic, String... values) {
		try (Producer<String, String> producer = producer(Map.of())) {
			for (String value : values) {
				producer.send(new ProducerRecord<>(topic, value)).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Read with a new member of a group, and commit.
	 */
	List<String> read(String group, String topic, int count, Map<String, Object> settings) {
		try (Consumer<String, String> consumer = consumer(group, settings)) {
			consumer.subscribe(List.of(topic));
			List<String> values = new ArrayList<>();
			long start = System.nanoTime();
			while (values.size() < count && System.nanoTime() - start < TIMEOUT.toNanos()) {
				for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofMillis(100))) {
					values.add(message.value());
				}
			}
			consumer.commitSync();
			return values;
		}
	}

	Producer<String, String> producer(Map<String, Object> settings) {
		return new KafkaProducer<>(with(settings, Map.of()), new StringSerializer(), new StringSerializer());
	}

	Consumer<String, String> consumer(String group, Map<String, Object> settings) {
		return new KafkaConsumer<>(with(settings, Map.of("group.id", group, "auto.offset.reset", "earliest")),
				new StringDeserializer(), new StringDeserializer());
	}

	Map<String, Object> with(Map<String, Object> settings, Map<String, Object> more) {
		Map<String, Object> all = new HashMap<>(more);
		all.putAll(settings);
		all.put("bootstrap.servers", this.bootstrapServers);
		return all;
	}

	<T> T ask(Question<T> question) {
		try (Admin admin = Admin.create(with(Map.of(), Map.of()))) {
			return question.ask(admin);
		}
		catch (ExecutionException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	interface Question<T> {

		T ask(Admin admin) throws ExecutionException, InterruptedException;

	}

}
