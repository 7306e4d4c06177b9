package io.baseplate.kafka.consumer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.MessageUnpacker;
import io.baseplate.kafka.consumer.Outcomes.Counts;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One message from bytes to outcome.
 */
@ExtendWith(OutputCaptureExtension.class)
class MessageProcessorTests {

	private final ConsumerRecord<byte[], byte[]> message = new ConsumerRecord<>("links", 2, 7, null,
			"secret body".getBytes(StandardCharsets.UTF_8));

	private final Outcomes outcomes = new Outcomes(new Mailbox(), new Counts());

	private final AtomicInteger calls = new AtomicInteger();

	@Test
	void aBodyThatCannotBeUnpackedIsInvalidAndIsLoggedWithoutTheBodyAndTheHandlerIsNotCalled(CapturedOutput output) {
		MessageUnpacker unpacker = (message, type) -> {
			throw new IllegalArgumentException("cannot parse 'secret body'", new NumberFormatException("secret body"));
		};
		assertThat(process(unpacker, ConsumerTelemetry.NOOP)).isEqualTo(Outcome.INVALID);
		assertThat(this.calls).hasValue(0);
		assertThat(output).contains("ERROR")
			.contains(
					"skipping invalid message links/2 offset 7 of kafka_consumer.one: java.lang.IllegalArgumentException <- "
							+ "java.lang.NumberFormatException")
			.doesNotContain("secret");
		assertThat(this.outcomes.failure()).isNull();
	}

	@Test
	void aBodyThatIsNotThereIsTheReason(CapturedOutput output) {
		UserCode code = UserCode.of((context, data, message) -> this.calls.incrementAndGet(), Object.class,
				(message, type) -> {
					throw new IllegalArgumentException();
				});
		MessageProcessor processor = new MessageProcessor(settings(), code, ConsumerTelemetry.NOOP);
		processor.process(new ConsumerRecord<>("links", 2, 8, null, null), worker());
		processor.process(new ConsumerRecord<>("links", 2, 9, null, new byte[0]), worker());
		assertThat(output).contains("links/2 offset 8 of kafka_consumer.one: no body (a tombstone), java.lang.Ill")
			.contains("links/2 offset 9 of kafka_consumer.one: empty body, java.lang.Ill");
	}

	@Test
	void anUnpackerThatOverflowsTheStackMakesTheMessageInvalid() {
		assertThat(process((message, type) -> {
			throw new StackOverflowError();
		}, ConsumerTelemetry.NOOP)).isEqualTo(Outcome.INVALID);
	}

	@Test
	void aHandlerThatThrowsIsAFailureThatNamesTheMessage(CapturedOutput output) {
		IllegalStateException thrown = new IllegalStateException("broken");
		HandlerWorker worker = worker();
		UserCode code = UserCode.ofRecords((context, data, message) -> {
			throw thrown;
		});
		assertThat(new MessageProcessor(settings(), code, ConsumerTelemetry.NOOP).process(this.message, worker))
			.isEqualTo(Outcome.FAILED);
		Failure failure = this.outcomes.failure();
		assertThat(failure).isNotNull();
		assertThat(failure.topicPartition()).isEqualTo(new TopicPartition("links", 2));
		assertThat(failure.offset()).isEqualTo(7);
		assertThat(failure.cause()).isSameAs(thrown);
		assertThat(output).contains("ERROR")
			.contains("Unhandled error while trying to process a message links/2 offset 7 of kafka_consumer.one")
			.doesNotContain("secret");
	}

	@Test
	void telemetryThatThrowsDoesNotMatter() {
		ConsumerTelemetry telemetry = new ConsumerTelemetry() {

			@Override
			public MessageScope messageStarted(ConsumerRecord<byte[], byte[]> message) {
				return new MessageScope() {

					@Override
					public void unpacked(Object payload) {
						throw new IllegalStateException("telemetry");
					}

					@Override
					public void handled() {
						throw new IllegalStateException("telemetry");
					}

					@Override
					public void close() {
						throw new IllegalStateException("telemetry");
					}

				};
			}

		};
		assertThat(process((message, type) -> "payload", telemetry)).isEqualTo(Outcome.HANDLED);
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void aFailureThatCannotBeDescribedIsAFailureAllTheSame() {
		PartitionProgress progress = new PartitionProgress(new TopicPartition("links", 2));
		progress.begin(7, Optional.empty(), 7);
		RecordBatch batch = progress.append(List.of(this.message), 8, Optional.empty());
		batch.releaseAll();
		this.outcomes.done(batch, batch.claim(), this.message, Outcome.FAILED);
		assertThat(this.outcomes.failure()).isNotNull();
		assertThat(progress.advance()).isEqualTo(7);
	}

	private Outcome process(MessageUnpacker unpacker, ConsumerTelemetry telemetry) {
		UserCode code = UserCode.of((context, data, message) -> this.calls.incrementAndGet(), Object.class, unpacker);
		return new MessageProcessor(settings(), code, telemetry).process(this.message, worker());
	}

	private HandlerWorker worker() {
		Ticker ticker = () -> 0;
		Mailbox mailbox = new Mailbox();
		WorkQueue queue = new WorkQueue(
				new Lease(ticker, Duration.ofSeconds(1), Duration.ofSeconds(1), CountedAnswers.none(ticker)), mailbox);
		return new HandlerWorker(queue,
				new MessageProcessor(settings(), UserCode.ofRecords((context, data, message) -> {
				}), ConsumerTelemetry.NOOP), this.outcomes, ticker);
	}

	private static ConsumerSettings settings() {
		return ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("links")).build();
	}

}
