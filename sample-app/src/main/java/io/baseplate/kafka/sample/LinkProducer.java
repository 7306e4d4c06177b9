package io.baseplate.kafka.sample;

import java.nio.charset.StandardCharsets;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Keeps the consumers busy: in a service of yours this is somebody else's job. Every
 * fifth message is an edited link, every twelfth is no JSON at all.
 */
@Component
class LinkProducer {

	private static final Logger logger = LoggerFactory.getLogger(LinkProducer.class);

	private final KafkaProducer<String, byte[]> producer;

	private final ObservationRegistry observations;

	private final JsonMapper json;

	private int count;

	LinkProducer(KafkaProducer<String, byte[]> producer, ObservationRegistry observations, JsonMapper json) {
		this.producer = producer;
		this.observations = observations;
		this.json = json;
	}

	@Scheduled(fixedDelay = 400)
	void send() throws Exception {
		int number = ++this.count;
		Link link = new Link("link-" + number, "https://example.com/" + number, System.currentTimeMillis());
		byte[] body = (number % 12 != 0) ? this.json.writeValueAsBytes(link)
				: "this is not JSON".getBytes(StandardCharsets.UTF_8);
		send(new ProducerRecord<>((number % 5 != 0) ? "new_links" : "edited_links", link.id(), body));
	}

	/**
	 * The observation puts its {@code traceparent} into the headers, and the consumers'
	 * spans continue the trace.
	 */
	private void send(ProducerRecord<String, byte[]> message) throws Exception {
		Headers headers = message.headers();
		SenderContext<Headers> context = new SenderContext<>(
				(carrier, name, value) -> headers.add(name, value.getBytes(StandardCharsets.UTF_8)), Kind.PRODUCER);
		context.setCarrier(headers);
		Observation.createNotStarted("link.send", () -> context, this.observations).observeChecked(() -> {
			logger.info("sending {} to {}", message.key(), message.topic());
			this.producer.send(message).get();
		});
	}

}
