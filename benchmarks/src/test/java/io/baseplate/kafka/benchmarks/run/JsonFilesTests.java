package io.baseplate.kafka.benchmarks.run;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JsonFilesTests {

	@Test
	void whatGoesToAMeasuredJvmComesOutTheSame() {
		RunSpec spec = new RunSpec("localhost:9092", 17, "full",
				new StackSpec(StackKind.FAST, "processed", 500, 32, Observing.LEAN, true), Work.PARSE, 0, 2.5, 6);
		assertThat(JsonFiles.parse(JsonFiles.line(spec), RunSpec.class)).isEqualTo(spec);
	}

	@Test
	void whatComesBackComesOutTheSame() {
		RunAnswer answer = RunAnswer.of(new Measurement(1000, 2.5, 0.1, null, 5L, 6L, 7L, 8, null));
		assertThat(JsonFiles.parse(JsonFiles.line(answer), RunAnswer.class)).isEqualTo(answer);
		RunAnswer problems = RunAnswer.problems(List.of("nothing was handled"));
		assertThat(JsonFiles.line(problems)).doesNotContain("measurement");
		assertThat(JsonFiles.parse(JsonFiles.line(problems), RunAnswer.class)).isEqualTo(problems);
	}

	@Test
	void aLineIsOneLineWithTheFieldsOnly() {
		assertThat(JsonFiles.line(new Latency(1, 2, 3, 4)))
			.isEqualTo("{\"samples\":1,\"p50\":2.0,\"p99\":3.0,\"max\":4.0}");
	}

}
