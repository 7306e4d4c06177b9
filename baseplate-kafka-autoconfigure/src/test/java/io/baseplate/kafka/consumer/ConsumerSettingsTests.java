package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.consumer.ConsumerSettings.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The rules between the settings of a consumer.
 */
class ConsumerSettingsTests {

	private static final Duration TOO_LONG = Duration.ofDays(365).plusMillis(1);

	static Stream<Arguments> mistakes() {
		return Stream.of(mistake("batch-size", (builder) -> builder.batchSize(0)),
				mistake("max-uncommitted", (builder) -> builder.maxUncommitted(0)),
				mistake("commit-interval", (builder) -> builder.commitInterval(Duration.ZERO)),
				mistake("stop-timeout", (builder) -> builder.stopTimeout(Duration.ofSeconds(-1))),
				mistake("broker-away-after", (builder) -> builder.brokerAwayAfter(Duration.ZERO)),
				mistake("commit-interval", (builder) -> builder.commitInterval(TOO_LONG)),
				mistake("stop-timeout", (builder) -> builder.stopTimeout(TOO_LONG)),
				mistake("broker-away-after", (builder) -> builder.brokerAwayAfter(TOO_LONG)),
				mistake("restart-backoff.initial", (builder) -> builder.restartBackoff(TOO_LONG, TOO_LONG)),
				mistake("restart-backoff.max", (builder) -> builder.restartBackoff(Duration.ofSeconds(1), TOO_LONG)),
				mistake("restart-backoff.initial",
						(builder) -> builder.restartBackoff(Duration.ofSeconds(90), Duration.ofSeconds(1))),
				mistake("commit", (builder) -> builder.commit(CommitStrategy.READ)),
				mistake("max-concurrency", (builder) -> builder.maxConcurrency(2)),
				mistake("ordering", (builder) -> builder.ordering(Ordering.KEY)),
				mistake("ordering", (builder) -> builder.ordering(Ordering.PARTITION)));
	}

	private static Arguments mistake(String property, UnaryOperator<Builder> edit) {
		return Arguments.of(property, edit);
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void aMistakeIsRefusedByTheNameOfItsProperty(String property, UnaryOperator<Builder> edit) {
		Builder builder = edit.apply(ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic")));
		assertThatExceptionOfType(ConsumerConfigurationException.class).isThrownBy(builder::build)
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo(property));
	}

	@Test
	void theLongestDurationAndTheMostHandlersAreTaken() {
		Duration longest = Duration.ofDays(365);
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.maxConcurrency(10_000)
			.commitInterval(longest)
			.restartBackoff(longest, longest)
			.build();
		assertThat(settings.maxConcurrency()).isEqualTo(10_000);
		assertThat(settings.commitInterval()).isEqualTo(longest);
	}

	@Test
	void moreHandlersThanAMachineCanHaveAreRefusedByTheirBound() {
		Builder builder = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.maxConcurrency(10_001);
		assertThatExceptionOfType(ConsumerConfigurationException.class).isThrownBy(builder::build)
			.satisfies((ex) -> assertThat(ex.property()).isEqualTo("max-concurrency"))
			.withMessageContaining("it must be at most 10000");
	}

	@Test
	void theDefaultsAreThoseOfTheContract() {
		ConsumerSettings inOrder = ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic"))
			.build();
		assertThat(inOrder.commit()).isEqualTo(CommitStrategy.EACH_MESSAGE);
		assertThat(inOrder.ordering()).isEqualTo(Ordering.NONE);
		assertThat(inOrder.maxConcurrency()).isEqualTo(1);
		assertThat(inOrder.batchSize()).isEqualTo(1);
		assertThat(inOrder.maxUncommitted()).isEqualTo(10_000);
		assertThat(inOrder.commitInterval()).isEqualTo(Duration.ofSeconds(5));
		assertThat(inOrder.stopTimeout()).isEqualTo(Duration.ofSeconds(25));
		assertThat(inOrder.brokerAwayAfter()).isEqualTo(Duration.ofSeconds(10));
		ConsumerSettings fast = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic")).build();
		assertThat(fast.commit()).isEqualTo(CommitStrategy.READ);
		assertThat(fast.ordering()).isEqualTo(Ordering.NONE);
		assertThat(fast.maxConcurrency()).isEqualTo(16);
	}

	@ParameterizedTest
	@CsvSource({ "1, 1, 1", "16, 1, 24", "32, 40, 48", "32, 500, 1000", "1, 500, 1000" })
	void theQueueHoldsHalfAsMuchAgainAsTheHandlersOrOneBatchAndOneReadAhead(int handlers, int batch, int bound) {
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.maxConcurrency(handlers)
			.batchSize(batch)
			.build();
		assertThat(KafkaConsumerWorker.queueLimit(settings)).isEqualTo(bound);
	}

	@ParameterizedTest
	@CsvSource({ "KEY, 16, 1, 40", "PARTITION, 4, 500, 3000", "KEY, 10000, 2000000000, 2147483647" })
	void withAnOrderTheQueueHoldsOneBatchMoreForEachHandler(Ordering ordering, int handlers, int batch, int limit) {
		ConsumerSettings settings = ConsumerSettings.fast("kafka_consumer.one", "service.one", List.of("topic"))
			.ordering(ordering)
			.maxConcurrency(handlers)
			.maxUncommitted(Integer.MAX_VALUE)
			.batchSize(batch)
			.build();
		assertThat(KafkaConsumerWorker.queueLimit(settings)).isEqualTo(limit);
	}

}
