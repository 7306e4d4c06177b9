package io.baseplate.kafka.consumer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.MessageUnpacker;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.jspecify.annotations.Nullable;

/**
 * What the two factories have in common: the way from a name and a handler to settings, a
 * Kafka client and code. Which consumer that makes is the factory's to say.
 *
 * @param <C> the type of the consumers
 * @param begin begins the settings
 * @param onMadeClients makes a consumer that makes its Kafka clients
 * @param onGivenClient makes a consumer on a client that the user made
 * @param shared what the factory was made with
 */
record ConsumerMaker<C>(Begin begin, OnMadeClients<C> onMadeClients, OnGivenClient<C> onGivenClient, Shared shared) {

	C make(String name, @Nullable String bootstrapServers, String groupId, Collection<String> topics,
			MessageHandler<?> handler, Consumer<ConsumerOptions> edit) {
		ConsumerNaming.check(name, groupId);
		String servers = (bootstrapServers != null) ? bootstrapServers : this.shared.bootstrapServers.get();
		ConsumerSettings.Builder builder = this.begin.begin(name, groupId, topics).bootstrapServers(servers);
		ConsumerOptions options = new ConsumerOptions(builder, this.shared.unpacker);
		edit.accept(options);
		Map<String, Object> client = KafkaClientSettings.build(builder.build(),
				new KafkaClientOptions(servers,
						Objects.requireNonNullElse(options.autoOffsetReset(),
								KafkaClientOptions.DEFAULT_AUTO_OFFSET_RESET),
						Objects.requireNonNullElse(options.groupProtocol(), KafkaClientOptions.DEFAULT_GROUP_PROTOCOL),
						options.properties(), this.shared.customizers));
		ConsumerSettings settings = builder.maxPollInterval(KafkaClientSettings.maxPollInterval(client))
			.sessionTimeout(KafkaClientSettings.sessionTimeout(client))
			.resetDuration(KafkaClientSettings.resetDuration(client))
			.build();
		return this.onMadeClients.make(settings, () -> KafkaClientSettings.open(settings, client),
				code(handler, options), this.shared.runtime);
	}

	C make(String name, org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer, MessageHandler<?> handler,
			Consumer<ConsumerOptions> edit) {
		KafkaConnection.given(consumer);
		ConsumerSettings.Builder builder = this.begin.begin(name, groupId(name, consumer), consumer.subscription())
			.bootstrapServers("the brokers of the given Kafka consumer");
		ConsumerOptions options = new ConsumerOptions(builder, this.shared.unpacker);
		edit.accept(options);
		refuseClientOptions(name, options);
		return this.onGivenClient.make(builder.build(), consumer, code(handler, options), this.shared.runtime);
	}

	private static UserCode code(MessageHandler<?> handler, ConsumerOptions options) {
		return new UserCode(handler, options.unpacker(), options.payloadType(), options.healthCheck());
	}

	private static String groupId(String name, org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
		try {
			return consumer.groupMetadata().groupId();
		}
		catch (InvalidGroupIdException ex) {
			throw new ConsumerConfigurationException(name, "group-id", null, "the given Kafka consumer has no group",
					"make it with a group.id");
		}
	}

	private static void refuseClientOptions(String name, ConsumerOptions options) {
		if (options.autoOffsetReset() != null) {
			throw tooLate(name, "auto-offset-reset", options.autoOffsetReset(), "auto.offset.reset");
		}
		if (options.groupProtocol() != null) {
			throw tooLate(name, "group-protocol", options.groupProtocol(), "group.protocol");
		}
		options.properties().keySet().stream().findFirst().ifPresent((key) -> {
			throw tooLate(name, "properties." + key, null, key);
		});
	}

	private static ConsumerConfigurationException tooLate(String name, String property, @Nullable String value,
			String clientSetting) {
		return new ConsumerConfigurationException(name, property, value,
				"the Kafka consumer has been made already, and its settings can't be changed",
				"set " + clientSetting + " where it is made");
	}

	/**
	 * Begins the settings of a consumer.
	 */
	@FunctionalInterface
	interface Begin {

		ConsumerSettings.Builder begin(String name, String groupId, Collection<String> topics);

	}

	/**
	 * Makes a consumer that makes its Kafka clients.
	 *
	 * @param <C> the type of the consumers
	 */
	@FunctionalInterface
	interface OnMadeClients<C> {

		C make(ConsumerSettings settings, Supplier<org.apache.kafka.clients.consumer.Consumer<byte[], byte[]>> kafka,
				UserCode code, ConsumerRuntime runtime);

	}

	/**
	 * Makes a consumer on a client that the user made.
	 *
	 * @param <C> the type of the consumers
	 */
	@FunctionalInterface
	interface OnGivenClient<C> {

		C make(ConsumerSettings settings, org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> kafka,
				UserCode code, ConsumerRuntime runtime);

	}

	/**
	 * What a factory was made with.
	 *
	 * @param runtime what is shared with the application
	 * @param unpacker the default unpacker
	 * @param bootstrapServers the default brokers
	 * @param customizers edit the client settings of every consumer
	 */
	record Shared(ConsumerRuntime runtime, MessageUnpacker unpacker, Supplier<String> bootstrapServers,
			List<KafkaClientCustomizer> customizers) {

		Shared {
			customizers = List.copyOf(customizers);
		}

	}

}
