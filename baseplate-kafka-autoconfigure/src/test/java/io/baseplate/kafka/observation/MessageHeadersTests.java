package io.baseplate.kafka.observation;

import io.micrometer.observation.transport.Propagator.Getter;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MessageHeadersTests {

	private final Headers headers = new RecordHeaders();

	private final ConsumerRecord<byte[], byte[]> message = TestMessages.message("links", 0, 0, null, this.headers);

	private final Getter<ConsumerRecord<byte[], byte[]>> getter = new MessageObservationContext("kafka_consumer.links",
			"service.links", this.message)
		.getGetter();

	@Test
	void theLastHeaderOfANameCounts() {
		this.headers.add("traceparent", TestMessages.bytes("first")).add("traceparent", TestMessages.bytes("läst"));
		assertThat(this.getter.get(this.message, "traceparent")).isEqualTo("läst");
	}

	@Test
	void aHeaderMayBeAbsentOrNull() {
		this.headers.add("null", null);
		assertThat(this.getter.get(this.message, "absent")).isNull();
		assertThat(this.getter.get(this.message, "null")).isNull();
		assertThat(this.getter.getAll(this.message, "absent")).isEmpty();
		assertThat(this.getter.getAll(this.message, "null")).isEmpty();
	}

	@Test
	void allHeadersOfANameAreGivenInOrder() {
		this.headers.add("baggage", TestMessages.bytes("a=1"))
			.add("baggage", null)
			.add("baggage", TestMessages.bytes("b=2"));
		assertThat(this.getter.getAll(this.message, "baggage")).containsExactly("a=1", "b=2");
	}

}
