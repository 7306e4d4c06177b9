package io.baseplate.kafka.chaos.row;

import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

import io.baseplate.kafka.chaos.row.Growth.Resource;
import io.baseplate.kafka.chaos.row.Growth.Sample;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The verdict of the soak, on samples that are made up: one a second, for ten minutes.
 */
class GrowthTests {

	private static final long MIB = 1 << 20;

	private static final int SECONDS = 600;

	@Test
	void whatStaysWhereItIsIsFlat() {
		Growth growth = judge(Resource.HEAP, (second) -> 40 * MIB);
		assertThat(growth.isFlat()).isTrue();
		assertThat(growth.growth()).isZero();
	}

	@Test
	void whatGoesUpAndDownIsFlat() {
		assertThat(judge(Resource.HEAP, (second) -> 40 * MIB + second % 20 * MIB).isFlat()).isTrue();
	}

	@Test
	void whatGrowsWhileItWarmsUpIsFlat() {
		assertThat(judge(Resource.MEMORY, (second) -> 100 * MIB + Math.min(second, SECONDS / 5) * MIB).isFlat())
			.isTrue();
	}

	@Test
	void whatShrinksIsFlat() {
		Growth growth = judge(Resource.FILES, (second) -> 100 - second / 10);
		assertThat(growth.isFlat()).isTrue();
		assertThat(growth.growth()).isNegative();
	}

	@Test
	void onePeakInTheEndIsNoGrowth() {
		assertThat(judge(Resource.THREADS, (second) -> (second > SECONDS - 20) ? 90 : 50).isFlat()).isTrue();
	}

	@Test
	void aLeakOfAFewBytesForEachMessageIsGrowth() {
		// 20 bytes for each of 1000 messages a second.
		Growth growth = judge(Resource.HEAP, (second) -> 40 * MIB + second * 20_000);
		assertThat(growth.isFlat()).isFalse();
		assertThat(growth.growth()).isBetween(5 * MIB, 10 * MIB);
	}

	@Test
	void aLeakIsSeenThroughWhatGoesUpAndDown() {
		assertThat(judge(Resource.HEAP, (second) -> 40 * MIB + second % 20 * MIB + second * 20_000).isFlat()).isFalse();
	}

	@Test
	void aLeakThatBeginsHalfWayIsGrowth() {
		assertThat(judge(Resource.MEMORY, (second) -> 100 * MIB + Math.max(0, second - SECONDS / 2) * 100_000).isFlat())
			.isFalse();
	}

	@Test
	void oneThreadOrFileThatEachRebalanceLeavesBehindIsGrowth() {
		assertThat(judge(Resource.THREADS, (second) -> 50 + second / 60).isFlat()).isFalse();
		assertThat(judge(Resource.FILES, (second) -> 90 + second / 60).isFlat()).isFalse();
	}

	@Test
	void growthIsAllowedUpToItsLimit() {
		long allowed = Resource.THREADS.allowed();
		assertThat(judge(Resource.THREADS, (second) -> (second < SECONDS / 2) ? 50 : 50 + allowed).isFlat()).isTrue();
		assertThat(judge(Resource.THREADS, (second) -> (second < SECONDS / 2) ? 50 : 51 + allowed).isFlat()).isFalse();
	}

	@Test
	void withoutEnoughSamplesNothingIsFlat() {
		assertThat(Growth.of("app-1", Resource.HEAP, List.of()).isFlat()).isFalse();
		assertThat(Growth.of("app-1", Resource.HEAP, samples(20, (second) -> 40 * MIB)).isFlat()).isFalse();
		assertThat(Growth.of("app-1", Resource.HEAP, samples(30, (second) -> 40 * MIB)).isFlat()).isTrue();
	}

	@Test
	void theTableSaysWhatGrew() {
		List<Growth> all = List.of(judge(Resource.HEAP, (second) -> 40 * MIB + second * MIB / 10),
				judge(Resource.THREADS, (second) -> 50));
		assertThat(Growth.markdown(all).lines()).hasSize(4)
			.contains(
					"| app-1 | heap in use after a collection | 58.0 MiB | 94.0 MiB | 36.0 MiB | 4.0 MiB | **grows** |",
					"| app-1 | threads | 50 | 50 | 0 | 2 | flat |");
	}

	private static Growth judge(Resource resource, LongUnaryOperator value) {
		return Growth.of("app-1", resource, samples(SECONDS, value));
	}

	private static List<Sample> samples(int count, LongUnaryOperator value) {
		return LongStream.range(0, count)
			.mapToObj((second) -> new Sample(second * 1_000_000_000L, value.applyAsLong(second)))
			.toList();
	}

}
