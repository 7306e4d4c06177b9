package io.baseplate.kafka.benchmarks;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BenchmarkSettingsTests {

	@Test
	void withoutAnythingTheCompleteRunIsMeant() {
		BenchmarkSettings settings = settings(Map.of("benchmark.workloads", "", "benchmark.stacks", ""));
		assertThat(settings.workloads()).containsExactly(Workload.values());
		assertThat(settings.rounds()).isEqualTo(3);
		assertThat(names(settings, Workload.W2))
			.contains("raw.auto", "in-order.interval.b500.on", "in-order.interval.b1.off")
			.noneMatch((name) -> name.startsWith("spring-kafka"));
	}

	@Test
	void theShortFormIsOneRoundOfLess() {
		BenchmarkSettings settings = settings(Map.of("benchmark.short", "true"));
		assertThat(settings.rounds()).isEqualTo(1);
		assertThat(names(settings, Workload.W2)).containsExactly("raw.auto", "in-order.interval.b500.on");
	}

	@Test
	void whatIsSetWinsOverTheShortForm() {
		BenchmarkSettings settings = settings(
				Map.of("benchmark.short", "true", "benchmark.rounds", "7", "benchmark.seconds", "0.5"));
		assertThat(settings.rounds()).isEqualTo(7);
		assertThat(settings.seconds()).isEqualTo(0.5);
	}

	@Test
	void allStacksAreAll() {
		BenchmarkSettings settings = settings(Map.of("benchmark.stacks", "all"));
		for (Workload workload : Workload.values()) {
			assertThat(names(settings, workload)).hasSameSizeAs(workload.contenders());
		}
	}

	@Test
	void stacksAreChosenByTheBeginningOfTheirNamesOrByStars() {
		assertThat(names(settings(Map.of("benchmark.stacks", "raw, spring-kafka")), Workload.W2))
			.containsExactly("raw.auto", "spring-kafka.batch", "spring-kafka.batch.on");
		assertThat(names(settings(Map.of("benchmark.stacks", "*.b500.*.on,raw")), Workload.W3)).containsExactly(
				"raw.auto", "fast.processed.b500.h32.on", "fast.read.b500.h32.on", "fast.processed.b500.h32.virtual.on",
				"fast.processed.key.b500.h32.on");
		assertThat(names(settings(Map.of("benchmark.stacks", "in-order.interval.b5")), Workload.W2)).isEmpty();
	}

	@Test
	void workloadsAreChosenByName() {
		assertThat(settings(Map.of("benchmark.workloads", "w1c, W7")).workloads()).containsExactly(Workload.W1C,
				Workload.W3);
		assertThatIllegalArgumentException().isThrownBy(() -> settings(Map.of("benchmark.workloads", "W9")));
	}

	@Test
	void noTwoStacksOfAWorkloadHaveOneName() {
		for (Workload workload : Workload.values()) {
			assertThat(workload.contenders()).extracting(Contender::name).doesNotHaveDuplicates();
		}
	}

	private static List<String> names(BenchmarkSettings settings, Workload workload) {
		return workload.contenders().stream().filter(settings::wants).map(Contender::name).toList();
	}

	private static BenchmarkSettings settings(Map<String, String> properties) {
		return BenchmarkSettings.of(properties::get);
	}

}
