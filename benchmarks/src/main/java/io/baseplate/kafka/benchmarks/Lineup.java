package io.baseplate.kafka.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.benchmarks.run.Observing;
import io.baseplate.kafka.benchmarks.run.StackKind;
import io.baseplate.kafka.benchmarks.run.StackSpec;

/**
 * The stacks of each workload, and the targets of ours.
 */
final class Lineup {

	private static final int HANDLERS = 32;

	private static final int BATCH = 500;

	/**
	 * The seed's default.
	 */
	private static final int ONE = 1;

	private final List<Contender> contenders = new ArrayList<>();

	private Lineup() {
	}

	static List<Contender> durable() {
		Lineup lineup = new Lineup();
		lineup.raw("each");
		lineup.inOrder("each-message", ONE, Tier.SHORT, shares(0.95, 0.95, 0.95));
		lineup.inOrder("each-message", BATCH, Tier.COMPLETE, shares(0.95, 0.95, 0.95));
		lineup.springKafka("record");
		lineup.other(StackKind.SHARE_GROUP, "each", 0, 1, Observing.OFF);
		return lineup.contenders;
	}

	static List<Contender> continuous() {
		Lineup lineup = new Lineup();
		lineup.raw("auto");
		lineup.inOrder("continuous", BATCH, Tier.SHORT, shares(0.60, 0.80, 0.90));
		lineup.inOrder("continuous", ONE, Tier.COMPLETE, Map.of());
		return lineup.contenders;
	}

	static List<Contender> periodic() {
		Lineup lineup = new Lineup();
		lineup.raw("auto");
		lineup.inOrder("interval", BATCH, Tier.SHORT, shares(0.60, 0.85, 0.97));
		lineup.inOrder("interval", ONE, Tier.COMPLETE, Map.of());
		lineup.springKafka("batch");
		lineup.other(StackKind.PARALLEL_CONSUMER, "partition", ONE, HANDLERS, Observing.OFF);
		lineup.other(StackKind.SHARE_GROUP, "implicit", 0, 1, Observing.OFF);
		return lineup.contenders;
	}

	static List<Contender> fast() {
		Lineup lineup = new Lineup();
		lineup.raw("auto");
		List<Target> on = List.of(new Target(Figure.RATE, 0.60), new Target(Figure.CLIENT_CPU, 6.0));
		List<Target> lean = List.of(new Target(Figure.RATE, 0.80), new Target(Figure.CLIENT_CPU, 4.2));
		List<Target> off = List.of(new Target(Figure.RATE, 0.90), new Target(Figure.CLIENT_CPU, 3.3));
		for (String commit : List.of("processed", "read")) {
			lineup.fast(commit, BATCH, HANDLERS, Tier.SHORT, Observing.ON, on);
			lineup.fast(commit, BATCH, HANDLERS, Tier.COMPLETE, Observing.LEAN, lean);
			lineup.fast(commit, BATCH, HANDLERS, Tier.COMPLETE, Observing.OFF, off);
			lineup.fast(commit, ONE, HANDLERS, Tier.COMPLETE, Observing.ON, List.of());
			lineup.fast(commit, ONE, HANDLERS, Tier.COMPLETE, Observing.OFF, List.of());
		}
		lineup.virtual("processed", BATCH, HANDLERS, on);
		Map<Observing, List<Target>> ordered = shares(0.45, 0.60, 0.65);
		for (Observing observing : Observing.values()) {
			lineup.fast("processed.key", BATCH, HANDLERS, Tier.COMPLETE, observing,
					ordered.getOrDefault(observing, List.of()));
		}
		lineup.other(StackKind.PARALLEL_CONSUMER, "unordered", 100, HANDLERS, Observing.OFF);
		lineup.other(StackKind.PARALLEL_CONSUMER, "unordered", ONE, HANDLERS, Observing.OFF);
		lineup.other(StackKind.PARALLEL_CONSUMER, "key", ONE, HANDLERS, Observing.OFF);
		return lineup.contenders;
	}

	static List<Contender> sleeping() {
		Lineup lineup = new Lineup();
		List<Target> few = List.of(new Target(Figure.RATE, 0.975), new Target(Figure.RSS, 300));
		List<Target> many = List.of(new Target(Figure.RATE, 0.965), new Target(Figure.RSS, 300));
		for (int batch : List.of(BATCH, ONE)) {
			Tier tier = (batch == BATCH) ? Tier.SHORT : Tier.COMPLETE;
			lineup.fast("processed", batch, 32, tier, Observing.ON, few);
			lineup.fast("processed", batch, 256, Tier.COMPLETE, Observing.ON, many);
		}
		lineup.virtual("processed", BATCH, 2048, List.of(new Target(Figure.RATE, 0.90), new Target(Figure.RSS, 300)));
		lineup.other(StackKind.PARALLEL_CONSUMER, "unordered", ONE, 32, Observing.OFF);
		lineup.other(StackKind.PARALLEL_CONSUMER, "unordered", ONE, 256, Observing.OFF);
		return lineup.contenders;
	}

	static List<Contender> latency() {
		Lineup lineup = new Lineup();
		lineup.raw("each");
		List<Target> targets = List.of(new Target(Figure.P50, 1.05), new Target(Figure.P99, 1.05));
		lineup.inOrder("each-message", ONE, Tier.SHORT, Observing.ON, targets);
		lineup.inOrder("each-message", ONE, Tier.COMPLETE, Observing.LEAN, List.of());
		lineup.inOrder("each-message", ONE, Tier.COMPLETE, Observing.OFF, List.of());
		lineup.inOrder("each-message", BATCH, Tier.COMPLETE, Observing.ON, targets);
		lineup.springKafka("record");
		lineup.other(StackKind.PARALLEL_CONSUMER, "partition", ONE, HANDLERS, Observing.OFF);
		return lineup.contenders;
	}

	static List<Contender> parsing() {
		Lineup lineup = new Lineup();
		lineup.raw("auto");
		Map<Observing, List<Target>> targets = shares(0.65, 0.80, 0.90);
		for (Observing observing : Observing.values()) {
			Tier tier = (observing == Observing.ON) ? Tier.SHORT : Tier.COMPLETE;
			lineup.fast("processed", BATCH, HANDLERS, tier, observing, targets.getOrDefault(observing, List.of()));
			lineup.fast("processed", BATCH, 2, Tier.COMPLETE, observing, List.of());
			lineup.fast("processed", ONE, HANDLERS, Tier.COMPLETE, observing, List.of());
		}
		lineup.springKafka("batch");
		lineup.other(StackKind.PARALLEL_CONSUMER, "unordered", 100, HANDLERS, Observing.OFF);
		return lineup.contenders;
	}

	private void raw(String mode) {
		this.contenders
			.add(new Contender(new StackSpec(StackKind.RAW, mode, 0, 1, Observing.OFF, false), Tier.SHORT, List.of()));
	}

	/**
	 * Targets of the rate as a share of the baseline's.
	 */
	private static Map<Observing, List<Target>> shares(double on, double lean, double off) {
		return Map.of(Observing.ON, List.of(new Target(Figure.RATE, on)), Observing.LEAN,
				List.of(new Target(Figure.RATE, lean)), Observing.OFF, List.of(new Target(Figure.RATE, off)));
	}

	/**
	 * All ways to observe.
	 */
	private void inOrder(String commit, int batchSize, Tier tier, Map<Observing, List<Target>> targets) {
		for (Observing observing : Observing.values()) {
			inOrder(commit, batchSize, (observing == Observing.ON) ? tier : Tier.COMPLETE, observing,
					targets.getOrDefault(observing, List.of()));
		}
	}

	private void inOrder(String commit, int batchSize, Tier tier, Observing observing, List<Target> targets) {
		this.contenders.add(new Contender(new StackSpec(StackKind.IN_ORDER, commit, batchSize, 1, observing, false),
				tier, targets));
	}

	private void fast(String commit, int batchSize, int handlers, Tier tier, Observing observing,
			List<Target> targets) {
		this.contenders.add(new Contender(new StackSpec(StackKind.FAST, commit, batchSize, handlers, observing, false),
				tier, targets));
	}

	/**
	 * With virtual threads, where the JDK has them.
	 */
	private void virtual(String commit, int batchSize, int handlers, List<Target> targets) {
		this.contenders
			.add(new Contender(new StackSpec(StackKind.FAST, commit, batchSize, handlers, Observing.ON, true),
					Tier.COMPLETE, targets));
	}

	/**
	 * As most run it, and as is fair beside ours with observation on.
	 */
	private void springKafka(String ackMode) {
		other(StackKind.SPRING_KAFKA, ackMode, 0, 1, Observing.OFF);
		other(StackKind.SPRING_KAFKA, ackMode, 0, 1, Observing.ON);
	}

	private void other(StackKind kind, String mode, int batchSize, int handlers, Observing observing) {
		this.contenders
			.add(new Contender(new StackSpec(kind, mode, batchSize, handlers, observing, false), Tier.ALL, List.of()));
	}

}
