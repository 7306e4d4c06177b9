package io.baseplate.kafka.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A stack and its settings.
 *
 * @param kind what consumes
 * @param mode its way to commit or to order; see {@link StackKind}
 * @param batchSize messages in a read, or in a call of the handler; 0 where that is left
 * at the stack's default
 * @param handlers how many handlers there are
 * @param observing what is recorded of each message
 * @param virtualThreads whether handlers are virtual threads
 */
public record StackSpec(StackKind kind, String mode, int batchSize, int handlers, Observing observing,
		boolean virtualThreads) {

	/**
	 * The name in tables and results, unique among the stacks of a workload.
	 * @return such as {@code fast.processed.b500.h32.on}
	 */
	public String name() {
		List<String> parts = new ArrayList<>(List.of(this.kind.text(), this.mode));
		if (this.batchSize > 0) {
			parts.add("b" + this.batchSize);
		}
		if (this.handlers > 1) {
			parts.add("h" + this.handlers);
		}
		if (this.virtualThreads) {
			parts.add("virtual");
		}
		if (isOurs() || this.observing != Observing.OFF) {
			parts.add(this.observing.name().toLowerCase(Locale.ROOT));
		}
		return String.join(".", parts);
	}

	/**
	 * Whether it is this project's.
	 * @return {@code false} for the others
	 */
	public boolean isOurs() {
		return this.kind == StackKind.IN_ORDER || this.kind == StackKind.FAST;
	}

	/**
	 * When ours commits.
	 * @return the strategy
	 */
	public String commit() {
		int dot = this.mode.indexOf('.');
		return (dot < 0) ? this.mode : this.mode.substring(0, dot);
	}

	/**
	 * Which messages ours, Fast, handles in order.
	 * @return {@code none}, {@code key} or {@code partition}
	 */
	public String ordering() {
		int dot = this.mode.indexOf('.');
		return (dot < 0) ? "none" : this.mode.substring(dot + 1);
	}

	/**
	 * The order that handlers must see.
	 * @return what the stack promises
	 */
	public Order order() {
		return switch (this.kind) {
			case RAW, IN_ORDER, SPRING_KAFKA -> Order.PARTITION;
			case FAST -> Order.valueOf(ordering().toUpperCase(Locale.ROOT));
			case SHARE_GROUP -> Order.NONE;
			case PARALLEL_CONSUMER -> switch (this.mode) {
				case "unordered" -> Order.NONE;
				case "key" -> Order.KEY;
				case "partition" -> Order.PARTITION;
				default -> throw new IllegalStateException("No such ordering: " + this.mode);
			};
		};
	}

}
