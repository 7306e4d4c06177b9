package io.baseplate.kafka.chaos.process;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class WorksTests {

	private static final Works MIX = Works.always("sleep:1").and(0.1, "throw").and(0.3, Works.INVALID);

	@Test
	void theSameSeedGivesTheSameWorks() {
		assertThat(draw(MIX, 5, 1000)).isEqualTo(draw(MIX, 5, 1000)).isNotEqualTo(draw(MIX, 6, 1000));
	}

	@Test
	void eachWorkHasItsShare() {
		var counts = draw(MIX, 5, 10_000).stream()
			.collect(Collectors.groupingBy((work) -> work, Collectors.counting()));
		assertThat(counts).containsOnlyKeys("sleep:1", "throw", "invalid");
		assertThat(counts.get("throw")).isCloseTo(1000, within(200L));
		assertThat(counts.get("invalid")).isCloseTo(3000, within(300L));
	}

	private static List<String> draw(Works works, long seed, int count) {
		SplittableRandom random = new SplittableRandom(seed);
		return Stream.generate(() -> works.draw(random)).limit(count).toList();
	}

}
