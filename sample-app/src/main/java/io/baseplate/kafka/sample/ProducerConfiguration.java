package io.baseplate.kafka.sample;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import io.baseplate.kafka.autoconfigure.BaseplateKafkaConnectionDetails;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The other side, which only the sample needs: the topics and somebody who fills them, on
 * the brokers that the consumers use.
 */
@Configuration(proxyBeanMethods = false)
class ProducerConfiguration {

	@Bean
	KafkaProducer<String, byte[]> producer(BaseplateKafkaConnectionDetails connection) {
		return new KafkaProducer<>(
				Map.of("bootstrap.servers", connection.getBootstrapServers(), "max.block.ms", 5000,
						"request.timeout.ms", 5000, "delivery.timeout.ms", 10000),
				new StringSerializer(), new ByteArraySerializer());
	}

	/**
	 * Consumers start after all beans have been made, and find their topics.
	 */
	@Bean
	InitializingBean topics(BaseplateKafkaConnectionDetails connection) {
		return () -> {
			try (Admin admin = Admin.create(Map.of("bootstrap.servers", connection.getBootstrapServers()))) {
				Set<String> missing = new TreeSet<>(Set.of("new_links", "edited_links"));
				missing.removeAll(admin.listTopics().names().get());
				List<NewTopic> topics = missing.stream()
					.map((topic) -> new NewTopic(topic, Optional.of(4), Optional.empty()))
					.toList();
				admin.createTopics(topics).all().get();
			}
		};
	}

}
