package io.baseplate.kafka;

import java.time.Instant;

import io.micrometer.observation.Observation;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the message in hand: the {@code RequestContext} of baseplate.py.
 * Valid while the handler runs, on the thread that runs it.
 */
public interface MessageContext {

	/**
	 * The consumer's name.
	 * @return {@code kafka_consumer.{group_name}}
	 */
	String consumerName();

	/**
	 * The Kafka consumer group.
	 * @return {@code {service_name}.{group_name}}
	 */
	String groupId();

	/**
	 * The topic that the message was read from.
	 * @return the topic
	 */
	String topic();

	/**
	 * The partition that the message was read from.
	 * @return the partition
	 */
	int partition();

	/**
	 * The message's offset in its partition.
	 * @return the offset
	 */
	long offset();

	/**
	 * The message's key as bytes.
	 * @return the key, or {@code null} where the message has none
	 */
	byte @Nullable [] key();

	/**
	 * The message's key as text: UTF-8, or in hex where it is not UTF-8.
	 * @return the key, or {@code null} where the message has none
	 */
	@Nullable String keyAsText();

	/**
	 * The message's timestamp, as the topic defines it (creation or append time).
	 * @return the timestamp
	 */
	Instant timestamp();

	/**
	 * The message's headers.
	 * @return the headers
	 */
	Headers headers();

	/**
	 * The current observation, whose span is the message's span.
	 * @return the observation, {@link Observation#NOOP} where none is recorded
	 */
	Observation observation();

}
