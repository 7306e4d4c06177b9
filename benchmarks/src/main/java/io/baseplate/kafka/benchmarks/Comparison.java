package io.baseplate.kafka.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.baseplate.kafka.benchmarks.run.Measurement;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one workload over its rounds.
 */
final class Comparison {

	private final Workload workload;

	private final List<RunResult> results;

	Comparison(Workload workload, List<RunResult> results) {
		this.workload = workload;
		this.results = results.stream().filter(RunResult::isMeasured).toList();
	}

	/**
	 * A figure of a stack.
	 * @param contender the stack
	 * @param figure the figure
	 * @return the spread, empty where there is no figure
	 */
	Optional<Spread> figure(Contender contender, Figure figure) {
		List<Double> values = new ArrayList<>();
		for (RunResult result : this.results) {
			if (result.stack().equals(contender.name())) {
				add(values, value(result, figure));
			}
		}
		return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
	}

	/**
	 * A figure of a stack as a share of the baseline's in the same round, or of the
	 * ideal.
	 * @param contender the stack
	 * @param figure the figure
	 * @return the spread of the shares, empty where there are none
	 */
	Optional<Spread> ratio(Contender contender, Figure figure) {
		List<Double> ratios = new ArrayList<>();
		for (RunResult result : this.results) {
			if (result.stack().equals(contender.name())) {
				Double value = value(result, figure);
				Double baseline = baseline(contender, result.round(), figure);
				if (value != null && baseline != null) {
					ratios.add(value / baseline);
				}
			}
		}
		return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
	}

	private @Nullable Double baseline(Contender contender, int round, Figure figure) {
		double ideal = this.workload.ideal(contender);
		if (!Double.isNaN(ideal)) {
			return (figure == Figure.RATE) ? ideal : null;
		}
		String baseline = this.workload.contenders().get(0).name();
		for (RunResult result : this.results) {
			if (result.round() == round && result.stack().equals(baseline)) {
				return value(result, figure);
			}
		}
		return null;
	}

	/**
	 * What a target is about.
	 * @param contender the stack
	 * @param target the target
	 * @return the median of the ratio or the figure, empty where there is none
	 */
	Optional<Double> judged(Contender contender, Target target) {
		Figure figure = target.figure();
		return (figure.isRelative() ? ratio(contender, figure) : figure(contender, figure)).map(Spread::median);
	}

	private static void add(List<Double> values, @Nullable Double value) {
		if (value != null) {
			values.add(value);
		}
	}

	private static @Nullable Double value(RunResult result, Figure figure) {
		Measurement measurement = result.measurement();
		return (measurement != null) ? figure.of(measurement) : null;
	}

}
