package io.baseplate.kafka.application;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.autoconfigure.BaseplateKafkaConnectionDetails;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application of {@link AheadOfTimeTests}, run in a JVM of its own: sends itself a
 * message for each of its handlers, prints what they got, and ends.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class AheadOfTimeApplication {

	/**
	 * Run.
	 * @param args properties
	 */
	public static void main(String[] args) throws InterruptedException {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(AheadOfTimeApplication.class)
			.web(WebApplicationType.NONE)
			.properties("spring.application.name=link_service", "baseplate.kafka.auto-offset-reset=earliest",
					"baseplate.kafka.consumers.link_consumer_v0.topics=new_links")
			.run(args);
		System.out.println("generated " + AotDetector.useGeneratedArtifacts());
		context.getBeansOfType(QueueConsumer.class)
			.forEach((name, consumer) -> System.out.println(name + " is " + consumer.getClass().getSimpleName()));
		String servers = context.getBean(BaseplateKafkaConnectionDetails.class).getBootstrapServers();
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", servers),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			producer.send(message("new_links", "{\"id\": 7}"));
			producer.send(message("thumbnails", "a body"));
		}
		boolean handled = context.getBean(Links.class).handled.await(30, TimeUnit.SECONDS);
		System.exit(SpringApplication.exit(context, () -> handled ? 0 : 1));
	}

	private static ProducerRecord<byte[], byte[]> message(String topic, String body) {
		return new ProducerRecord<>(topic, body.getBytes(StandardCharsets.UTF_8));
	}

	@Bean
	Links links() {
		return new Links();
	}

	/**
	 * The handlers: package-private, as they may be.
	 */
	static class Links {

		private final CountDownLatch handled = new CountDownLatch(2);

		@KafkaMessageHandler("link_consumer_v0")
		void processLinks(Link link, MessageContext context) {
			System.out.println("link " + link.id() + " of " + context.topic());
			this.handled.countDown();
		}

		@KafkaMessageHandler(value = "thumbnails", topics = "thumbnails", mode = ConsumerMode.FAST)
		void makeThumbnail(String body) {
			System.out.println("thumbnail of " + body);
			this.handled.countDown();
		}

	}

	record Link(int id) {
	}

}
