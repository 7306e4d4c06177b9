package io.baseplate.kafka.benchmarks.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.baseplate.kafka.benchmarks.run.Order;
import io.baseplate.kafka.benchmarks.run.Work;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The handler that all stacks call.
 */
final class Handler {

	private final Work work;

	private final Deliveries deliveries;

	private final @Nullable Latencies latencies;

	private final ObjectReader reader = new ObjectMapper().readerFor(JsonNode.class);

	Handler(Work work, Deliveries deliveries, @Nullable Latencies latencies) {
		this.work = work;
		this.deliveries = deliveries;
		this.latencies = latencies;
	}

	/**
	 * Handle a message of a stack that gives bodies as bytes.
	 * @param message the message
	 * @throws IOException if the body is no JSON
	 */
	void handle(ConsumerRecord<?, byte[]> message) throws IOException {
		if (this.work == Work.PARSE) {
			handle(this.reader.readTree(message.value()), message);
		}
		else {
			done(message);
		}
	}

	/**
	 * Handle a message of a stack that parses bodies itself.
	 * @param body the tree
	 * @param message the message
	 */
	void handle(JsonNode body, ConsumerRecord<?, byte[]> message) {
		if (!body.has(Messages.ID)) {
			throw new IllegalStateException("Not a body of ours: " + message);
		}
		done(message);
	}

	private void done(ConsumerRecord<?, byte[]> message) {
		if (this.latencies != null) {
			Header sent = message.headers().lastHeader(Messages.SENT);
			this.latencies.received(ByteBuffer.wrap(sent.value()).getLong());
		}
		if (this.work == Work.SLEEP) {
			sleep();
		}
		int key = (this.deliveries.order() == Order.KEY) ? key(message.key()) : 0;
		this.deliveries.handled(message.partition(), message.offset(), key);
	}

	private static void sleep() {
		try {
			Thread.sleep(Work.SLEEP_MILLIS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("A clean stop does not interrupt", ex);
		}
	}

	private static int key(Object key) {
		String text = (key instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8) : key.toString();
		return Integer.parseInt(text, Messages.KEY_PREFIX.length(), text.length(), 10);
	}

}
