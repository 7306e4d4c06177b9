package io.baseplate.kafka.consumer;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.Ordering;
import org.jspecify.annotations.Nullable;

/**
 * What may be said about a consumer that is made by {@link InOrderConsumerFactory} or
 * {@link FastConsumerFactory}, beyond its names, topics and handler. Everything has a
 * default. Used on one thread, while the consumer is made.
 */
public final class ConsumerOptions {

	private final ConsumerSettings.Builder settings;

	private final Map<String, Object> properties = new LinkedHashMap<>();

	private MessageUnpacker unpacker;

	private @Nullable Type payloadType = Object.class;

	private @Nullable ConsumerHealthCheck healthCheck;

	private @Nullable String autoOffsetReset;

	private @Nullable String groupProtocol;

	ConsumerOptions(ConsumerSettings.Builder settings, MessageUnpacker unpacker) {
		this.settings = settings;
		this.unpacker = unpacker;
	}

	/**
	 * Edit the settings of the consumer: anything that {@link ConsumerSettings.Builder}
	 * has. Its {@code max.poll.interval.ms} and session timeout are taken from the client
	 * where the factory makes the client.
	 * @param edit gets the builder, with the defaults of the factory's mode
	 * @return this
	 */
	public ConsumerOptions settings(Consumer<ConsumerSettings.Builder> edit) {
		edit.accept(this.settings);
		return this;
	}

	/**
	 * Set how many messages the reader takes per read: the seed's
	 * {@code kafka_consume_batch_size}.
	 * @param batchSize 1 by default
	 * @return this
	 */
	public ConsumerOptions batchSize(int batchSize) {
		return settings((builder) -> builder.batchSize(batchSize));
	}

	/**
	 * Set the number of handlers.
	 * @param maxConcurrency 16 by default for a fast consumer; an in-order consumer has
	 * one and refuses more
	 * @return this
	 */
	public ConsumerOptions maxConcurrency(int maxConcurrency) {
		return settings((builder) -> builder.maxConcurrency(maxConcurrency));
	}

	/**
	 * Set which messages are handled one at a time and in order.
	 * @param ordering {@link Ordering#NONE} by default; an in-order consumer refuses any
	 * other
	 * @return this
	 */
	public ConsumerOptions ordering(Ordering ordering) {
		return settings((builder) -> builder.ordering(ordering));
	}

	/**
	 * Set what turns a body into a payload: the seed's {@code message_unpack_fn}.
	 * @param unpacker the unpacker, the factory's by default, which is JSON
	 * @return this
	 */
	public ConsumerOptions unpacker(MessageUnpacker unpacker) {
		this.unpacker = unpacker;
		return this;
	}

	/**
	 * Set the type that the handler takes as data.
	 * @param payloadType {@code Object} by default, for which JSON gives what
	 * {@code json.loads} gives: maps, lists, strings, numbers, booleans. {@code null}
	 * leaves the body packed: the handler gets {@code null} as data
	 * @return this
	 */
	public ConsumerOptions payloadType(@Nullable Type payloadType) {
		this.payloadType = payloadType;
		return this;
	}

	/**
	 * Set the health check: the seed's {@code health_check_fn}.
	 * @param healthCheck none by default
	 * @return this
	 */
	public ConsumerOptions healthCheck(@Nullable ConsumerHealthCheck healthCheck) {
		this.healthCheck = healthCheck;
		return this;
	}

	/**
	 * Set where to begin on a partition without a committed offset. Only where the
	 * factory makes the client.
	 * @param autoOffsetReset {@code latest} by default, {@code earliest}, {@code none},
	 * or {@code by_duration:} and an ISO 8601 duration
	 * @return this
	 */
	public ConsumerOptions autoOffsetReset(String autoOffsetReset) {
		this.autoOffsetReset = autoOffsetReset;
		return this;
	}

	/**
	 * Set the group protocol. Only where the factory makes the client.
	 * @param groupProtocol {@code classic} by default, or {@code consumer} (KIP-848)
	 * @return this
	 */
	public ConsumerOptions groupProtocol(String groupProtocol) {
		this.groupProtocol = groupProtocol;
		return this;
	}

	/**
	 * Set a raw client setting. Only where the factory makes the client. Settings that
	 * would break the consumer's mode are refused when the consumer is made.
	 * @param name the setting as in Kafka's {@code ConsumerConfig}
	 * @param value the value, typed or as a string
	 * @return this
	 */
	public ConsumerOptions property(String name, Object value) {
		this.properties.put(name, value);
		return this;
	}

	/**
	 * Set raw client settings, as {@link #property} does.
	 * @param properties the settings
	 * @return this
	 */
	public ConsumerOptions properties(Map<String, ?> properties) {
		this.properties.putAll(properties);
		return this;
	}

	MessageUnpacker unpacker() {
		return this.unpacker;
	}

	@Nullable Type payloadType() {
		return this.payloadType;
	}

	@Nullable ConsumerHealthCheck healthCheck() {
		return this.healthCheck;
	}

	@Nullable String autoOffsetReset() {
		return this.autoOffsetReset;
	}

	@Nullable String groupProtocol() {
		return this.groupProtocol;
	}

	Map<String, Object> properties() {
		return this.properties;
	}

}
