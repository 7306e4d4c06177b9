package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Collects violations of one guarantee: the first ones with all that is known, and of the
 * others the number, since one fault of the product easily makes millions.
 */
final class Findings {

	private static final int KEPT = 20;

	private final String guarantee;

	private final List<Violation> violations = new ArrayList<>();

	private long more;

	Findings(Guarantee guarantee) {
		this.guarantee = guarantee.name();
	}

	void add(Supplier<String> text) {
		if (this.violations.size() < KEPT) {
			this.violations.add(new Violation(this.guarantee, text.get()));
		}
		else {
			this.more++;
		}
	}

	List<Violation> list() {
		List<Violation> list = new ArrayList<>(this.violations);
		if (this.more > 0) {
			list.add(new Violation(this.guarantee, "and " + this.more + " more of this kind"));
		}
		return list;
	}

}
