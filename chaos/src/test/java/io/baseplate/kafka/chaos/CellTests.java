package io.baseplate.kafka.chaos;

import java.util.stream.Stream;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CellTests {

	@Test
	void thereIsOneForEachStrategyUnderEachProtocol() {
		assertThat(Stream.of(Cell.values()).map((cell) -> cell.commit() + " " + cell.protocol()).distinct())
			.hasSize(CommitStrategy.values().length * 2);
		assertThat(Stream.of(Cell.values()).map(Cell::code)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	}

	@Test
	void namesAreThoseOfItsGroup() {
		assertThat(Cell.EACH_MESSAGE_CONSUMER.groupName()).isEqualTo("each_message_consumer");
		assertThat(Cell.EACH_MESSAGE_CONSUMER.groupId("run1")).isEqualTo("run1.each_message_consumer");
		assertThat(Cell.READ_CLASSIC.mode()).isEqualTo(ConsumerMode.FAST);
		assertThat(Cell.INTERVAL_CLASSIC.mode()).isEqualTo(ConsumerMode.IN_ORDER);
	}

}
