package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.baseplate.kafka.benchmarks.run.StackSpec;
import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import io.confluent.parallelconsumer.PollContext;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Confluent's Parallel Consumer. Keys are texts: arrays would each be a key of their own.
 */
final class ParallelConsumerStack implements Stack {

	private final ParallelStreamProcessor<String, byte[]> processor;

	private ParallelConsumerStack(ParallelStreamProcessor<String, byte[]> processor) {
		this.processor = processor;
	}

	static Stack start(Subscription subscription, StackSpec spec, Handler handler) {
		Map<String, Object> settings = subscription.clientSettings();
		settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
		settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
		settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		ParallelStreamProcessor<String, byte[]> processor = ParallelStreamProcessor
			.createEosStreamProcessor(ParallelConsumerOptions.<String, byte[]>builder()
				.consumer(new KafkaConsumer<>(settings))
				.ordering(ProcessingOrder.valueOf(spec.mode().toUpperCase(Locale.ROOT)))
				.commitMode(CommitMode.PERIODIC_CONSUMER_SYNC)
				.maxConcurrency(spec.handlers())
				.batchSize(spec.batchSize())
				.build());
		processor.subscribe(List.of(subscription.topic()));
		processor.poll((batch) -> handle(batch, handler));
		return new ParallelConsumerStack(processor);
	}

	private static void handle(PollContext<String, byte[]> batch, Handler handler) {
		try {
			for (ConsumerRecord<String, byte[]> message : batch.getConsumerRecordsFlattened()) {
				handler.handle(message);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public @Nullable Throwable failure() {
		return this.processor.isClosedOrFailed() ? new IllegalStateException("The Parallel Consumer has ended") : null;
	}

	@Override
	public void close() {
		this.processor.closeDrainFirst();
	}

}
