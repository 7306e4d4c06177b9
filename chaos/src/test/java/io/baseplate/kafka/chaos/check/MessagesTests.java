package io.baseplate.kafka.chaos.check;

import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class MessagesTests {

	@Test
	void messagesAreFoundByOffsetAndIdWhateverGapsThereAre() {
		Random random = new Random(5);
		for (int round = 0; round < 200; round++) {
			TreeMap<Long, Integer> expected = new TreeMap<>();
			Truth.Builder builder = Truth.builder();
			long offset = random.nextInt(3);
			int size = random.nextInt(30);
			for (int i = 0; i < size; i++) {
				expected.put(offset, i);
				builder.message(0, offset, 1000 + offset);
				offset += 1 + ((random.nextInt(3) == 0) ? random.nextInt(5) : 0);
			}
			Messages messages = builder.end(0, offset).build().partitions().get(0);
			assertThat(messages.size()).isEqualTo(size);
			for (long each = -2; each < offset + 3; each++) {
				Integer index = expected.get(each);
				assertThat(messages.indexOf(each, 1000 + each)).isEqualTo((index != null) ? index : -1);
				assertThat(messages.indexOf(each, 999)).isEqualTo(-1);
				assertThat(messages.lowerBound(each)).isEqualTo(expected.headMap(each).size());
			}
		}
	}

	@Test
	void aTruthThatCannotBeIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Truth.builder().message(0, 5, 1).message(0, 5, 2));
		assertThatIllegalStateException().isThrownBy(() -> Truth.builder().message(0, 5, 1).build());
		assertThatIllegalStateException().isThrownBy(() -> Truth.builder().message(0, 5, 1).end(0, 5).build());
		assertThat(Truth.builder().message(0, 5, 1).end(0, 6).end(1, 0).build().size()).isEqualTo(1);
	}

}
