package io.baseplate.kafka.observation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.Gauge;

/**
 * One gauge over the figures of all consumers that share it. A figure below 0 is not
 * known; where none is known the value is not a number.
 */
final class SharedGauge {

	private final LongBinaryOperator combiner;

	private final List<LongSupplier> figures = new CopyOnWriteArrayList<>();

	private final Gauge gauge;

	SharedGauge(LongBinaryOperator combiner, Function<SharedGauge, Gauge> registration) {
		this.combiner = combiner;
		this.gauge = registration.apply(this);
	}

	Gauge gauge() {
		return this.gauge;
	}

	void add(LongSupplier figure) {
		this.figures.add(figure);
	}

	void remove(LongSupplier figure) {
		this.figures.remove(figure);
	}

	double value() {
		long value = -1;
		for (LongSupplier figure : this.figures) {
			long next = figure.getAsLong();
			if (next >= 0) {
				value = (value >= 0) ? this.combiner.applyAsLong(value, next) : next;
			}
		}
		return (value >= 0) ? (double) value : Double.NaN;
	}

}
