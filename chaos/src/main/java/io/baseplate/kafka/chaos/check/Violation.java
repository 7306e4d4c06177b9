package io.baseplate.kafka.chaos.check;

/**
 * A promise that was not kept.
 *
 * @param guarantee the name of the guarantee
 * @param text what happened, with process, partition, offset and times, and what was
 * expected
 */
public record Violation(String guarantee, String text) {

	@Override
	public String toString() {
		return this.guarantee + ": " + this.text;
	}

}
