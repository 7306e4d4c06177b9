package io.baseplate.kafka.benchmarks.run;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a measured JVM says at the end.
 *
 * @param measurement the figures; {@code null} where something went wrong
 * @param problems what the stack did not do as it claims, or what kept it from being
 * measured
 */
public record RunAnswer(@Nullable Measurement measurement, List<String> problems) {

	/**
	 * A stack that did as it claims.
	 * @param measurement the figures
	 * @return the answer
	 */
	public static RunAnswer of(Measurement measurement) {
		return new RunAnswer(measurement, List.of());
	}

	/**
	 * A stack without figures.
	 * @param problems why
	 * @return the answer
	 */
	public static RunAnswer problems(List<String> problems) {
		return new RunAnswer(null, List.copyOf(problems));
	}

}
