package io.baseplate.kafka.consumer;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.baseplate.kafka.MessageContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.tck.TestObservationRegistry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler knows about its message.
 */
class DefaultMessageContextTests {

	@Test
	void hasEverythingThatTheContractNames() {
		RecordHeaders headers = new RecordHeaders();
		headers.add("name", new byte[] { 1 });
		Observation observation = Observation.createNotStarted("message", TestObservationRegistry.create());
		MessageContext context = context("key".getBytes(StandardCharsets.UTF_8), headers, observation);
		assertThat(context.consumerName()).isEqualTo("kafka_consumer.one");
		assertThat(context.groupId()).isEqualTo("service.one");
		assertThat(context.topic()).isEqualTo("topic");
		assertThat(context.partition()).isEqualTo(3);
		assertThat(context.offset()).isEqualTo(42);
		assertThat(context.key()).isEqualTo("key".getBytes(StandardCharsets.UTF_8));
		assertThat(context.keyAsText()).isEqualTo("key");
		assertThat(context.timestamp()).isEqualTo(Instant.ofEpochMilli(1000));
		assertThat(context.headers()).isSameAs(headers);
		assertThat(observation).isNotSameAs(Observation.NOOP);
		assertThat(context.observation()).isSameAs(observation);
	}

	@Test
	void aKeyThatIsNotUtf8IsShownInHex() {
		assertThat(context(new byte[] { (byte) 0xff, 0x0a }, new RecordHeaders(), Observation.NOOP).keyAsText())
			.isEqualTo("ff0a");
		assertThat(context("ü".getBytes(StandardCharsets.UTF_8), new RecordHeaders(), Observation.NOOP).keyAsText())
			.isEqualTo("ü");
		assertThat(context(null, new RecordHeaders(), Observation.NOOP).keyAsText()).isNull();
	}

	private static MessageContext context(byte[] key, RecordHeaders headers, Observation observation) {
		return new DefaultMessageContext(
				ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic")).build(),
				new ConsumerRecord<>("topic", 3, 42, 1000, TimestampType.CREATE_TIME, 0, 0, key, null, headers,
						Optional.empty()),
				observation);
	}

}
