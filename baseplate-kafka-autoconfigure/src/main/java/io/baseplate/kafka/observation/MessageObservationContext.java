package io.baseplate.kafka.observation;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The context of the observation of one message in the hands of a handler: what an
 * {@link io.micrometer.observation.ObservationHandler}, a filter or a
 * {@link MessageObservationConvention} gets to see. Of kind {@link Kind#CONSUMER}; the
 * parent is read from the message's headers. Used on the handler's thread.
 */
public class MessageObservationContext extends ReceiverContext<ConsumerRecord<byte[], byte[]>> {

	private final String consumerName;

	private final String groupId;

	private final ConsumerRecord<byte[], byte[]> message;

	private @Nullable KeyValues highCardinalityTags;

	/**
	 * Create a context.
	 * @param consumerName the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param groupId the Kafka consumer group
	 * @param message the message
	 */
	public MessageObservationContext(String consumerName, String groupId, ConsumerRecord<byte[], byte[]> message) {
		super(MessageHeaders.GETTER, Kind.CONSUMER);
		this.consumerName = consumerName;
		this.groupId = groupId;
		this.message = message;
		setCarrier(message);
	}

	/**
	 * The consumer's name.
	 * @return {@code kafka_consumer.{group_name}}
	 */
	public String getConsumerName() {
		return this.consumerName;
	}

	/**
	 * The Kafka consumer group.
	 * @return {@code {service_name}.{group_name}}
	 */
	public String getGroupId() {
		return this.groupId;
	}

	/**
	 * The message, never to be changed by an observation.
	 * @return the message as Kafka gave it
	 */
	public ConsumerRecord<byte[], byte[]> getMessage() {
		return this.message;
	}

	/**
	 * The message's key as text.
	 * @return the key as UTF-8, in hex where it is not UTF-8, or {@code null} where the
	 * message has none
	 */
	public @Nullable String getKeyAsText() {
		return KeyText.of(this.message.key());
	}

	/**
	 * The tags of the default convention, which is asked for them at the start and again
	 * at the end.
	 */
	KeyValues highCardinalityTags() {
		KeyValues tags = this.highCardinalityTags;
		if (tags == null) {
			tags = MessageTags.highCardinality(this.message);
			this.highCardinalityTags = tags;
		}
		return tags;
	}

}
