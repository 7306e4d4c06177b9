package io.baseplate.kafka.benchmarks;

import java.util.Collection;
import java.util.List;

/**
 * A figure over the rounds.
 *
 * @param median the median; of an even number of rounds the mean of the two in the middle
 * @param min the smallest
 * @param max the largest
 */
record Spread(double median, double min, double max) {

	/**
	 * Of values.
	 * @param values at least one
	 * @return the spread
	 */
	static Spread of(Collection<Double> values) {
		if (values.isEmpty()) {
			throw new IllegalArgumentException("No values");
		}
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		double median = (sorted.size() % 2 == 1) ? sorted.get(middle)
				: (sorted.get(middle - 1) + sorted.get(middle)) / 2;
		return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
	}

}
