package io.baseplate.kafka.benchmarks;

/**
 * What a stack is meant to reach.
 *
 * @param figure the figure
 * @param bound the bound
 */
record Target(Figure figure, double bound) {

	boolean isReached(double value) {
		return this.figure.isHigherBetter() ? value >= this.bound : value <= this.bound;
	}

	@Override
	public String toString() {
		return this.figure.text() + (this.figure.isHigherBetter() ? " >= " : " <= ") + this.bound;
	}

}
