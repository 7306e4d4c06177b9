package io.baseplate.kafka.consumer;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.MessageUnpacker;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * Makes {@link FastConsumer consumers} in code: the seed's {@code FastConsumerFactory},
 * with its two ways in.
 * {@link #create(String, String, String, Collection, MessageHandler)} makes the Kafka
 * client and enforces the naming standard ({@link ConsumerNaming});
 * {@link #create(String, Consumer, MessageHandler)} takes a Kafka client that the user
 * made, and checks no names. The auto-configuration has one factory as a bean. May be
 * used from any thread.
 * <p>
 * A consumer that is made here and registered as a bean is started and stopped by the
 * application; otherwise {@code start()} and {@code stop()} are the caller's to call.
 */
public final class FastConsumerFactory {

	private final ConsumerMaker<FastConsumer> maker;

	/**
	 * Create a factory.
	 * @param runtime what consumers share with the application
	 * @param unpacker turns bodies into payloads where nothing else is said
	 * @param bootstrapServers tells the brokers where nothing else is said: asked for
	 * each consumer that is made without them
	 * @param customizers edit the client settings of every consumer that is made here,
	 * but for those on a given client
	 */
	public FastConsumerFactory(ConsumerRuntime runtime, MessageUnpacker unpacker, Supplier<String> bootstrapServers,
			List<KafkaClientCustomizer> customizers) {
		this.maker = new ConsumerMaker<>(ConsumerSettings::fast, FastConsumer::new, FastConsumer::new,
				new ConsumerMaker.Shared(runtime, unpacker, bootstrapServers, customizers));
	}

	/**
	 * Make a consumer with the defaults: the seed's {@code new}. Nothing is connected
	 * before the consumer starts.
	 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param bootstrapServers the brokers, {@code host:port}, comma separated
	 * @param groupId the Kafka consumer group, {@code {service_name}.{group_name}}
	 * @param topics the topics to read, at least one
	 * @param handler handles the messages; gets what the factory's unpacker makes of a
	 * body where nothing is known about the type: for JSON maps, lists, strings, numbers
	 * and booleans
	 * @return the consumer, not started
	 * @throws ConsumerConfigurationException where a name does not follow the standard,
	 * or something else cannot be
	 */
	public FastConsumer create(String name, String bootstrapServers, String groupId, Collection<String> topics,
			MessageHandler<Object> handler) {
		return create(name, bootstrapServers, groupId, topics, handler, (options) -> {
		});
	}

	/**
	 * Make a consumer. Nothing is connected before the consumer starts.
	 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param bootstrapServers the brokers, {@code host:port}, comma separated
	 * @param groupId the Kafka consumer group, {@code {service_name}.{group_name}}
	 * @param topics the topics to read, at least one
	 * @param handler handles the messages
	 * @param options edits everything else; must set the payload type where the handler
	 * does not take an {@code Object}
	 * @param <T> what the handler takes as data
	 * @return the consumer, not started
	 * @throws ConsumerConfigurationException where a name does not follow the standard,
	 * or an option cannot be
	 */
	public <T> FastConsumer create(String name, String bootstrapServers, String groupId, Collection<String> topics,
			MessageHandler<T> handler, java.util.function.Consumer<ConsumerOptions> options) {
		return this.maker.make(name, bootstrapServers, groupId, topics, handler, options);
	}

	/**
	 * Make a consumer on the brokers that the factory knows: with the auto-configuration
	 * those of {@code baseplate.kafka.bootstrap-servers}.
	 * @param name the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param groupId the Kafka consumer group, {@code {service_name}.{group_name}}
	 * @param topics the topics to read, at least one
	 * @param handler handles the messages
	 * @param options edits everything else; must set the payload type where the handler
	 * does not take an {@code Object}
	 * @param <T> what the handler takes as data
	 * @return the consumer, not started
	 * @throws ConsumerConfigurationException where a name does not follow the standard,
	 * or an option cannot be
	 */
	public <T> FastConsumer create(String name, String groupId, Collection<String> topics, MessageHandler<T> handler,
			java.util.function.Consumer<ConsumerOptions> options) {
		return this.maker.make(name, null, groupId, topics, handler, options);
	}

	/**
	 * Make a consumer on a Kafka client that the user made and subscribed, with the
	 * defaults: the seed's constructor. See
	 * {@link #create(String, Consumer, MessageHandler, java.util.function.Consumer)}.
	 * @param name the consumer's name, any
	 * @param consumer the client, subscribed to topics; from now on the consumer's alone
	 * @param handler handles the messages
	 * @return the consumer, not started
	 */
	public FastConsumer create(String name, Consumer<byte[], byte[]> consumer, MessageHandler<Object> handler) {
		return create(name, consumer, handler, (options) -> {
		});
	}

	/**
	 * Make a consumer on a Kafka client that the user made and subscribed. Names are not
	 * checked: the group is the client's {@code group.id}, the topics are those of its
	 * {@code subscription()}. The consumer subscribes anew with a listener of its own,
	 * and closes the client when it stops, so that it can be started once. A start that
	 * fails leaves the client open, to start again with or to be closed by who made it.
	 * <p>
	 * With {@code on-failure: restart}, a handler that fails makes the consumer
	 * unsubscribe and, after the wait, subscribe the same client again. After a failure
	 * of the client itself (a poll that throws, a commit that is refused) there is
	 * nothing to start again with: the client is closed and the consumer stays failed. To
	 * unsubscribe can take up to the client's {@code default.api.timeout.ms} where the
	 * brokers are away and its {@code group.protocol} is {@code consumer}.
	 * <p>
	 * The client must have been made with
	 * <strong>{@code enable.auto.commit=false}</strong>: this cannot be detected, and
	 * nothing that is promised about commits holds without it. Its
	 * {@code max.poll.records} should be the batch size of the options (Kafka's default
	 * is 500, that of the options 1), and its {@code max.poll.interval.ms} and
	 * {@code session.timeout.ms} should be those of
	 * {@link ConsumerOptions#settings(java.util.function.Consumer)}: 5 minutes and 10 s
	 * by default, where Kafka's session timeout is 45 s.
	 * @param name the consumer's name, any
	 * @param consumer the client, subscribed to topics by name; from now on the
	 * consumer's alone
	 * @param handler handles the messages
	 * @param options edits everything else but the client; must set the payload type
	 * where the handler does not take an {@code Object}
	 * @param <T> what the handler takes as data
	 * @return the consumer, not started
	 * @throws ConsumerConfigurationException where an option cannot be, or is one of a
	 * client
	 * @throws IllegalArgumentException where the client has been assigned partitions by
	 * hand, or is not subscribed to topics
	 */
	public <T> FastConsumer create(String name, Consumer<byte[], byte[]> consumer, MessageHandler<T> handler,
			java.util.function.Consumer<ConsumerOptions> options) {
		return this.maker.make(name, consumer, handler, options);
	}

}
