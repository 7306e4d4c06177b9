package io.baseplate.kafka.benchmarks.run;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LatencyTests {

	@Test
	void percentilesAreValuesThatSoManyDoNotExceed() {
		long[] nanos = LongStream.rangeClosed(1, 200).map((micros) -> (201 - micros) * 1000).toArray();
		assertThat(Latency.ofNanos(nanos)).isEqualTo(new Latency(200, 100, 198, 200));
	}

	@Test
	void oneMessageIsAllOfThem() {
		assertThat(Latency.ofNanos(new long[] { 1500 })).isEqualTo(new Latency(1, 1.5, 1.5, 1.5));
	}

	@Test
	void noMessageHasNoLatency() {
		assertThatIllegalArgumentException().isThrownBy(() -> Latency.ofNanos(new long[0]));
	}

}
