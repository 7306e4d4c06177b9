package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

import io.baseplate.kafka.benchmarks.run.Observing;
import io.baseplate.kafka.benchmarks.run.StackSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * spring-kafka as its users run it: a Spring Boot application and an annotated method.
 */
final class SpringKafkaStack implements Stack {

	private final ConfigurableApplicationContext context;

	private SpringKafkaStack(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static Stack start(Subscription subscription, StackSpec spec, Handler handler) {
		boolean observed = spec.observing() == Observing.ON;
		Map<String, Object> properties = new LinkedHashMap<>(ApplicationProperties.quiet());
		properties.put("spring.application.name", subscription.service());
		properties.put("baseplate.kafka.enabled", "false");
		properties.put("spring.kafka.bootstrap-servers", subscription.bootstrapServers());
		properties.put("spring.kafka.consumer.auto-offset-reset", "earliest");
		properties.put("spring.kafka.consumer.key-deserializer", ByteArrayDeserializer.class.getName());
		properties.put("spring.kafka.consumer.value-deserializer", ByteArrayDeserializer.class.getName());
		properties.put("spring.kafka.listener.ack-mode", spec.mode());
		properties.put("spring.kafka.listener.observation-enabled", observed);
		properties.put("benchmark.topic", subscription.topic());
		properties.put("benchmark.group", subscription.groupId());
		return new SpringKafkaStack(
				new SpringApplicationBuilder(observed ? Observed.class : Bare.class).web(WebApplicationType.NONE)
					.properties(properties)
					.initializers((context) -> ((GenericApplicationContext) context).registerBean(Listener.class,
							() -> new Listener(handler)))
					.run());
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * With the metrics and the tracing of Spring Boot.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Observed {

	}

	/**
	 * Without.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration(KafkaAutoConfiguration.class)
	static class Bare {

	}

	/**
	 * A user's listener.
	 */
	static final class Listener {

		private final Handler handler;

		Listener(Handler handler) {
			this.handler = handler;
		}

		@KafkaListener(topics = "${benchmark.topic}", groupId = "${benchmark.group}")
		void handle(ConsumerRecord<byte[], byte[]> message) throws IOException {
			this.handler.handle(message);
		}

	}

}
