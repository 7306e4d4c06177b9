package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.KafkaClientCustomizer;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link InOrderConsumerFactory} and {@link FastConsumerFactory}, and what they
 * have in common.
 */
class ConsumerFactoriesTests {

	private static final String NAME = "kafka_consumer.links";

	private static final String GROUP = "link_service.links";

	private final List<Map<String, Object>> clients = new ArrayList<>();

	private final MessageUnpacker unpacker = (message, type) -> null;

	private final List<KafkaClientCustomizer> customizers = List
		.of((name, settings) -> this.clients.add(Map.copyOf(settings)));

	private final Supplier<String> servers = () -> "known:9092";

	private final InOrderConsumerFactory inOrder = new InOrderConsumerFactory(ConsumerRuntime.plain(), this.unpacker,
			this.servers, this.customizers);

	private final FastConsumerFactory fast = new FastConsumerFactory(ConsumerRuntime.plain(), this.unpacker,
			this.servers, this.customizers);

	@Test
	void inOrderWithTheSeedsParameters() {
		InOrderConsumer consumer = this.inOrder.create(NAME, "127.0.0.1:9092", GROUP,
				List.of("new_links", "edited_links"), (context, data, message) -> {
				});
		assertThat(consumer.name()).isEqualTo(NAME);
		assertThat(consumer.groupId()).isEqualTo(GROUP);
		assertThat(consumer.topics()).containsExactly("new_links", "edited_links");
		assertThat(consumer.mode()).isEqualTo(ConsumerMode.IN_ORDER);
		assertThat(consumer.healthCheck()).isNull();
		assertThat(consumer.status().state()).isEqualTo(ConsumerState.CREATED);
		assertThat(consumer.status().commit()).isEqualTo(CommitStrategy.EACH_MESSAGE);
		assertThat(this.clients).singleElement()
			.satisfies((client) -> assertThat(client).containsEntry("bootstrap.servers", "127.0.0.1:9092")
				.containsEntry("group.id", GROUP)
				.containsEntry("max.poll.records", 1)
				.containsEntry("auto.offset.reset", "latest"));
	}

	@Test
	void fastWithTheSeedsParameters() {
		FastConsumer consumer = this.fast.create(NAME, "127.0.0.1:9092", GROUP, List.of("new_links"),
				(context, data, message) -> {
				});
		assertThat(consumer.mode()).isEqualTo(ConsumerMode.FAST);
		assertThat(consumer.status().commit()).isEqualTo(CommitStrategy.READ);
	}

	@Test
	void takesEveryOption() {
		ConsumerHealthCheck healthCheck = (status) -> true;
		FastConsumer consumer = this.fast.create(NAME, GROUP, List.of("new_links"), this::handleText,
				(options) -> options.batchSize(20)
					.maxConcurrency(3)
					.ordering(Ordering.KEY)
					.payloadType(String.class)
					.unpacker((message, type) -> "text")
					.healthCheck(healthCheck)
					.autoOffsetReset("earliest")
					.property("max.poll.interval.ms", "60000")
					.properties(Map.of("fetch.min.bytes", 5))
					.settings((settings) -> settings.commit(CommitStrategy.PROCESSED)
						.autoStartup(false)
						.brokerAwayAfter(Duration.ofSeconds(3))));
		assertThat(consumer.healthCheck()).isSameAs(healthCheck);
		assertThat(consumer.isAutoStartup()).isFalse();
		assertThat(consumer.status().commit()).isEqualTo(CommitStrategy.PROCESSED);
		assertThat(consumer.status().ordering()).isEqualTo(Ordering.KEY);
		assertThat(consumer.status().maxPollInterval()).isEqualTo(Duration.ofMinutes(1));
		assertThat(consumer.status().brokerAwayAfter()).isEqualTo(Duration.ofSeconds(3));
		assertThat(this.clients).singleElement()
			.satisfies((client) -> assertThat(client).containsEntry("bootstrap.servers", "known:9092")
				.containsEntry("max.poll.records", 20)
				.containsEntry("auto.offset.reset", "earliest")
				.containsEntry("fetch.min.bytes", 5));
	}

	@Test
	void takesTheGroupProtocol() {
		this.inOrder.create(NAME, GROUP, List.of("new_links"), this::handleText,
				(options) -> options.groupProtocol("consumer").payloadType(null));
		assertThat(this.clients).singleElement()
			.satisfies((client) -> assertThat(client).containsEntry("group.protocol", "consumer")
				.doesNotContainKey("session.timeout.ms"));
	}

	@Test
	void enforcesTheNamingStandard() {
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> this.inOrder.create("kafka_consumer.link_consumer_v0", "127.0.0.1:9092",
					"service.link_consumer", List.of("new_links"), (context, data, message) -> {
					}))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo("group-id"));
		assertThatExceptionOfType(ConsumerConfigurationException.class).isThrownBy(() -> this.fast.create("links",
				"127.0.0.1:9092", GROUP, List.of("new_links"), (context, data, message) -> {
				}))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo("name"));
	}

	@Test
	void refusesNoTopics() {
		assertThatExceptionOfType(ConsumerConfigurationException.class).isThrownBy(
				() -> this.inOrder.create(NAME, "127.0.0.1:9092", GROUP, List.of(), (context, data, message) -> {
				}))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo("topics"));
	}

	@Test
	void refusesMoreThanOneHandlerInOrder() {
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> this.inOrder.create(NAME, GROUP, List.of("new_links"), this::handleText,
					(options) -> options.maxConcurrency(2)))
			.withMessageContaining("Can only run 1 message handler!");
	}

	@Test
	void refusesClientSettingsThatBreakTheMode() {
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> this.fast.create(NAME, GROUP, List.of("new_links"), this::handleText,
					(options) -> options.property("enable.auto.commit", true)))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo("properties.enable.auto.commit"));
	}

	@Test
	void takesAGivenClientUnchecked() {
		TestConsumer kafka = new TestConsumer(true);
		kafka.subscribe(Set.of("new_links"));
		QueueConsumer consumer = this.inOrder.create("any name", kafka, (context, data, message) -> {
		});
		assertThat(consumer.name()).isEqualTo("any name");
		assertThat(consumer.groupId()).isEqualTo(TestConsumer.GROUP_ID);
		assertThat(consumer.topics()).containsExactly("new_links");
		assertThat(this.clients).isEmpty();
		FastConsumer fastConsumer = this.fast.create("any name", kafka, this::handleText,
				(options) -> options.maxConcurrency(2).payloadType(String.class));
		assertThat(fastConsumer.groupId()).isEqualTo(TestConsumer.GROUP_ID);
	}

	@Test
	void refusesGivenClientWithoutSubscription() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.inOrder.create(NAME, new TestConsumer(true), (context, data, message) -> {
			}))
			.withMessageContaining("subscribe(topics)");
		TestConsumer assigned = new TestConsumer(true);
		assigned.assign(Set.of(new TopicPartition("new_links", 0)));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.fast.create(NAME, assigned, (context, data, message) -> {
			}))
			.withMessageContaining("by hand");
	}

	@Test
	void refusesGivenClientWithoutGroup() {
		TestConsumer kafka = new TestConsumer(false);
		kafka.subscribe(Set.of("new_links"));
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> this.inOrder.create(NAME, kafka, (context, data, message) -> {
			}))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo("group-id"));
	}

	@Test
	void refusesClientOptionsForAGivenClient() {
		TestConsumer kafka = new TestConsumer(true);
		kafka.subscribe(Set.of("new_links"));
		assertRefused(kafka, "auto-offset-reset", (options) -> options.autoOffsetReset("latest"));
		assertRefused(kafka, "group-protocol", (options) -> options.groupProtocol("consumer"));
		assertRefused(kafka, "properties.fetch.min.bytes", (options) -> options.property("fetch.min.bytes", 1));
	}

	private void assertRefused(TestConsumer kafka, String property,
			java.util.function.Consumer<ConsumerOptions> options) {
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> this.inOrder.create(NAME, kafka, this::handleText, options))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo(property));
	}

	private void handleText(MessageContext context, @Nullable String text, ConsumerRecord<byte[], byte[]> message) {
	}

	/**
	 * Kafka's mock, whose group is this, or none.
	 */
	private static final class TestConsumer extends MockConsumer<byte[], byte[]> {

		static final String GROUP_ID = "dummy.group.id";

		private final boolean inGroup;

		TestConsumer(boolean inGroup) {
			super("latest");
			this.inGroup = inGroup;
		}

		@Override
		public ConsumerGroupMetadata groupMetadata() {
			if (!this.inGroup) {
				throw new InvalidGroupIdException("no group.id");
			}
			return super.groupMetadata();
		}

	}

}
