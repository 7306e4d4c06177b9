package io.baseplate.kafka.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What to measure, and for how long.
 *
 * @param workloads the workloads
 * @param stacks patterns of the names of stacks; empty for those of the tier
 * @param tier which stacks are measured where no pattern says so
 * @param rounds how many rounds
 * @param messages how many messages the topic holds
 * @param warmSeconds how long a warm pass takes at most
 * @param seconds how long a measured window is at most
 * @param brokerWarmSeconds how long the broker's commit path is warmed
 * @param java the JDK of the children
 * @param directory where results and logs go
 */
record BenchmarkSettings(Set<Workload> workloads, List<String> stacks, Tier tier, int rounds, long messages,
		double warmSeconds, double seconds, double brokerWarmSeconds, Path java, Path directory) {

	/**
	 * From system properties.
	 * @param properties gives the value of a property, or {@code null}
	 * @return the settings
	 */
	static BenchmarkSettings of(UnaryOperator<@Nullable String> properties) {
		boolean isShort = !get(properties, "short", "false").equals("false");
		List<String> stacks = split(get(properties, "stacks", ""));
		boolean all = stacks.equals(List.of("all"));
		Tier tier = all ? Tier.ALL : isShort ? Tier.SHORT : Tier.COMPLETE;
		return new BenchmarkSettings(workloads(split(get(properties, "workloads", ""))), all ? List.of() : stacks, tier,
				Integer.parseInt(get(properties, "rounds", isShort ? "1" : "3")),
				Long.parseLong(get(properties, "messages", isShort ? "1000000" : "3000000")), isShort ? 2.5 : 4,
				Double.parseDouble(get(properties, "seconds", isShort ? "2" : "6")), isShort ? 10 : 90,
				Path.of(get(properties, "java", System.getProperty("java.home"))),
				Path.of(get(properties, "directory", "target/benchmark")).toAbsolutePath());
	}

	private static String get(UnaryOperator<@Nullable String> properties, String name, String otherwise) {
		String value = properties.apply("benchmark." + name);
		return (value != null && !value.isBlank()) ? value.strip() : otherwise;
	}

	private static List<String> split(String text) {
		return Arrays.stream(text.split(",", -1)).map(String::strip).filter((part) -> !part.isEmpty()).toList();
	}

	private static Set<Workload> workloads(List<String> names) {
		if (names.isEmpty()) {
			return EnumSet.allOf(Workload.class);
		}
		Set<Workload> workloads = EnumSet.noneOf(Workload.class);
		names.forEach((name) -> workloads.add(Workload.of(name)));
		return workloads;
	}

	/**
	 * Whether a stack is to be measured.
	 * @param contender the stack
	 * @return whether a pattern matches its name, or its tier is wanted
	 */
	boolean wants(Contender contender) {
		if (this.stacks.isEmpty()) {
			return contender.tier().compareTo(this.tier) <= 0;
		}
		return this.stacks.stream().anyMatch((pattern) -> matches(pattern, contender.name()));
	}

	/**
	 * A pattern is the beginning of a name up to a dot, or has stars for anything.
	 */
	private static boolean matches(String pattern, String name) {
		if (pattern.contains("*")) {
			return name.matches(Arrays.stream(pattern.split("\\*", -1))
				.map(Pattern::quote)
				.reduce((left, right) -> left + ".*" + right)
				.orElseThrow());
		}
		return name.equals(pattern) || name.startsWith(pattern + ".");
	}

	/**
	 * What results must have in common to stand in one table.
	 * @return a description
	 */
	String conditions() {
		return "%d messages, %s s warm (%s in W1), windows of %s s, JDK %s, %d processors".formatted(this.messages,
				this.warmSeconds, this.warmSeconds * Workload.W1.warmFactor(), this.seconds,
				JavaHome.version(this.java), Runtime.getRuntime().availableProcessors());
	}

}
