package io.baseplate.kafka.benchmarks.client;

import java.util.List;

/**
 * A stack did not do what it claims.
 */
final class UnverifiedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<String> problems;

	UnverifiedException(List<String> problems) {
		super(String.join("; ", problems));
		this.problems = List.copyOf(problems);
	}

	List<String> problems() {
		return this.problems;
	}

}
