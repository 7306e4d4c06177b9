package io.baseplate.kafka.benchmarks.client;

import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.benchmarks.run.Observing;
import io.baseplate.kafka.benchmarks.run.StackKind;
import io.baseplate.kafka.benchmarks.run.StackSpec;
import io.baseplate.kafka.benchmarks.run.Work;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Ours as its users run it: a Spring Boot application with the starter, health, metrics
 * and tracing on, and an annotated method.
 */
final class BaseplateStack implements Stack {

	private static final String CONSUMER = "baseplate.kafka.consumers." + Subscription.GROUP_NAME + ".";

	private final ConfigurableApplicationContext context;

	private final QueueConsumer consumer;

	private BaseplateStack(ConfigurableApplicationContext context) {
		this.context = context;
		this.consumer = context.getBean(QueueConsumer.class);
	}

	static Stack start(Subscription subscription, StackSpec spec, Work work, Handler handler) {
		Map<String, Object> properties = new LinkedHashMap<>(ApplicationProperties.quiet());
		properties.put("spring.application.name", subscription.service());
		properties.put("spring.threads.virtual.enabled", spec.virtualThreads());
		properties.put("baseplate.kafka.observation.style", style(spec.observing()));
		properties.put(CONSUMER + "bootstrap-servers", subscription.bootstrapServers());
		properties.put(CONSUMER + "topics", subscription.topic());
		properties.put(CONSUMER + "auto-offset-reset", "earliest");
		properties.put(CONSUMER + "mode", spec.kind().text());
		properties.put(CONSUMER + "commit", spec.commit());
		properties.put(CONSUMER + "batch-size", spec.batchSize());
		if (spec.kind() == StackKind.FAST) {
			properties.put(CONSUMER + "max-concurrency", spec.handlers());
			properties.put(CONSUMER + "ordering", spec.ordering());
		}
		return new BaseplateStack(new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties)
			.initializers((context) -> register((GenericApplicationContext) context, work, handler))
			.run());
	}

	private static void register(GenericApplicationContext context, Work work, Handler handler) {
		if (work == Work.PARSE) {
			context.registerBean(TreeHandler.class, () -> new TreeHandler(handler));
		}
		else {
			context.registerBean(RecordHandler.class, () -> new RecordHandler(handler));
		}
	}

	private static String style(Observing observing) {
		return switch (observing) {
			case ON -> "observation";
			case LEAN -> "lean";
			case OFF -> "none";
		};
	}

	@Override
	public @Nullable Throwable failure() {
		return (this.consumer.status().state() == ConsumerState.FAILED)
				? new IllegalStateException("The consumer failed: " + this.consumer.status()) : null;
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = KafkaAutoConfiguration.class)
	static class Application {

	}

	/**
	 * A user's handler of whole messages.
	 */
	static final class RecordHandler {

		private final Handler handler;

		RecordHandler(Handler handler) {
			this.handler = handler;
		}

		@KafkaMessageHandler(Subscription.GROUP_NAME)
		void handle(ConsumerRecord<byte[], byte[]> message) throws Exception {
			this.handler.handle(message);
		}

	}

	/**
	 * A user's handler of trees.
	 */
	static final class TreeHandler {

		private final Handler handler;

		TreeHandler(Handler handler) {
			this.handler = handler;
		}

		@KafkaMessageHandler(Subscription.GROUP_NAME)
		void handle(JsonNode body, ConsumerRecord<byte[], byte[]> message) {
			this.handler.handle(body, message);
		}

	}

}
