package io.baseplate.kafka.sample;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerStatus.Partition;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * In order: one link after the other, each committed before the next.
 */
@Component
class Links {

	private static final Logger logger = LoggerFactory.getLogger(Links.class);

	@KafkaMessageHandler("link_consumer_v0")
	void processLinks(Link data, MessageContext context, ConsumerRecord<byte[], byte[]> message) {
		logger.info("processing {} from {}/{} offset {}, {} bytes", data.id(), context.topic(), context.partition(),
				context.offset(), message.serializedValueSize());
	}

	/**
	 * Used by {@code link_consumer_v0}, see {@code application.yml}.
	 * @return whether the consumer keeps up
	 */
	@Bean
	static ConsumerHealthCheck keepsUp() {
		return (status) -> status.partitions().stream().mapToLong(Partition::lag).allMatch((lag) -> lag < 1000);
	}

}
