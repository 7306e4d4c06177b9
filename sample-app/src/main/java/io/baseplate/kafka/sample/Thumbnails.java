package io.baseplate.kafka.sample;

import java.util.concurrent.ThreadLocalRandom;

import io.baseplate.kafka.KafkaMessageHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

/**
 * Fast: eight links at once, in any order.
 */
@Component
class Thumbnails {

	private static final Logger logger = LoggerFactory.getLogger(Thumbnails.class);

	@KafkaMessageHandler("thumbnail_consumer_v0")
	void makeThumbnail(Link link) throws InterruptedException {
		Thread.sleep(ThreadLocalRandom.current().nextInt(20, 50)); // fetches the page
		logger.info("thumbnail of {}", link.url());
	}

}
