package io.baseplate.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The breakages of docs/breakages, which .ci/BreakPromises.java runs, fit what they are
 * about: the sources, the tests, and the promises of docs/contract.md.
 */
class BreakagesTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern TEST = Pattern.compile("`(\\w+Tests)?#(\\w+)`");

	private final List<Breakage> breakages = breakages();

	private final List<Row> rows = rows();

	@Test
	void theTextToReplaceIsInItsFileOnce() {
		assertThat(this.breakages.stream()
			.filter(Breakage::canBeBroken)
			.filter((breakage) -> breakage.replacements().isEmpty()
					|| breakage.replacements().stream().anyMatch(Predicate.not(Replacement::fits))))
			.isEmpty();
	}

	@Test
	void theTestThatMustFailExists() {
		Map<String, String> sources = testSources();
		assertThat(this.breakages.stream().filter(Breakage::canBeBroken).filter((breakage) -> {
			String[] test = breakage.values().get("test").split("#");
			return !sources.getOrDefault(test[0], "").contains("\tvoid " + test[1] + "(");
		})).isEmpty();
	}

	@Test
	void theRowOfThePromiseNamesTheTest() {
		assertThat(
				this.breakages.stream()
					.filter((breakage) -> breakage.values().containsKey("test"))
					.filter((breakage) -> this.rows.stream()
						.noneMatch((row) -> row.isOf(breakage)
								&& row.tests().contains(row.section() + " " + breakage.values().get("test")))))
			.isEmpty();
	}

	@Test
	void everyBreakageIsOfOnePromise() {
		assertThat(this.breakages).isNotEmpty();
		assertThat(this.breakages.stream()
			.filter((breakage) -> this.rows.stream().filter((row) -> row.isOf(breakage)).count() != 1)).isEmpty();
	}

	@Test
	void everyPromiseIsBrokenOrSaysWhyItCannotBe() {
		assertThat(this.rows).hasSizeGreaterThan(50);
		assertThat(this.rows.stream().filter((row) -> this.breakages.stream().noneMatch(row::isOf))).isEmpty();
	}

	@Test
	void everyTestThatAPromiseNamesMustFailOnce() {
		Set<String> failing = this.breakages.stream()
			.map((breakage) -> breakage.section() + " " + breakage.values().get("test"))
			.collect(Collectors.toSet());
		assertThat(this.rows.stream()
			.flatMap((row) -> row.tests().stream())
			.distinct()
			.filter(Predicate.not(failing::contains))).isEmpty();
	}

	@Test
	void everyBreakageHasWhatTheRunnerNeeds() {
		assertThat(this.breakages)
			.allSatisfy((breakage) -> assertThat(breakage.values().keySet()).isIn(Set.of("promise", "breaks", "test"),
					Set.of("promise", "cannot be broken"), Set.of("promise", "test", "cannot be broken")));
	}

	private static List<Row> rows() {
		List<Row> rows = new ArrayList<>();
		String section = "";
		for (String line : lines(ROOT.resolve("docs/contract.md"))) {
			if (line.startsWith("## ")) {
				section = line.substring(3).replaceFirst("\\..*", "");
			}
			else if (line.startsWith("| ") && !line.startsWith("| promise |")) {
				rows.add(new Row(section, line));
			}
		}
		return rows;
	}

	private static List<Breakage> breakages() {
		List<Breakage> breakages = new ArrayList<>();
		for (Path file : files(ROOT.resolve("docs/breakages"), ".txt")) {
			String text = lines(file).stream()
				.filter((line) -> !line.startsWith("#"))
				.collect(Collectors.joining("\n"));
			Stream.of(text.split("\n{2,}"))
				.filter((entry) -> !entry.isBlank())
				.forEach((entry) -> breakages.add(Breakage.of(file.getFileName().toString(), entry.strip())));
		}
		return breakages;
	}

	private static Map<String, String> testSources() {
		Map<String, String> sources = new HashMap<>();
		for (Path file : files(ROOT, "Tests.java")) {
			sources.put(file.getFileName().toString().replace(".java", ""), String.join("\n", lines(file)));
		}
		return sources;
	}

	private static List<Path> files(Path directory, String suffix) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(suffix))
				.filter((file) -> Stream.of(directory.relativize(file).toString().split("[/\\\\]"))
					.noneMatch("target"::equals))
				.sorted()
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> lines(Path file) {
		try {
			return Files.readAllLines(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A promise of the contract.
	 *
	 * @param section the number of its section
	 * @param line the row of the table
	 */
	private record Row(String section, String line) {

		boolean isOf(Breakage breakage) {
			return breakage.section().equals(this.section)
					&& this.line.startsWith("| " + breakage.values().get("promise"));
		}

		/**
		 * The section and the tests, whose class is left out where it is that of the test
		 * before.
		 */
		List<String> tests() {
			List<String> tests = new ArrayList<>();
			String current = "";
			for (Matcher matcher = TEST.matcher(this.line); matcher.find();) {
				current = (matcher.group(1) != null) ? matcher.group(1) : current;
				tests.add(this.section + " " + current + "#" + matcher.group(2));
			}
			return tests;
		}

		@Override
		public String toString() {
			return this.section + ". " + this.line.substring(2).replaceFirst(" \\| .*", "");
		}

	}

	/**
	 * A breakage; its form is told in .ci/BreakPromises.java.
	 *
	 * @param section the number of the contract's section
	 * @param values the named values
	 * @param replacements what is edited
	 */
	private record Breakage(String section, Map<String, String> values, List<Replacement> replacements) {

		static Breakage of(String file, String entry) {
			Map<String, String> values = new HashMap<>();
			List<Replacement> replacements = new ArrayList<>();
			for (String part : entry.split("(?m)^(?=file: )")) {
				for (String line : part.split("\n")) {
					if (line.startsWith("file: ")) {
						replacements.add(new Replacement(line.substring(6).strip(), text(part, "-"), text(part, "+")));
					}
					else if (!line.startsWith("-") && !line.startsWith("+")) {
						String[] value = line.split(": ", 2);
						values.put(value[0], value[value.length - 1].strip());
					}
				}
			}
			return new Breakage(file.replaceFirst("-.*", ""), values, replacements);
		}

		private static String text(String part, String mark) {
			return part.lines()
				.filter((line) -> line.startsWith(mark))
				.map((line) -> line.substring(1))
				.collect(Collectors.joining("\n"));
		}

		boolean canBeBroken() {
			return !this.values.containsKey("cannot be broken");
		}

		@Override
		public String toString() {
			return this.section + ". " + this.values.get("promise") + ": " + this.values.get("breaks") + " ("
					+ this.values.get("test") + ")";
		}

	}

	/**
	 * An edit.
	 *
	 * @param file the source file, from the root of the tree
	 * @param from the text to replace
	 * @param to the text to put there
	 */
	private record Replacement(String file, String from, String to) {

		boolean fits() {
			String text = String.join("\n", lines(ROOT.resolve(this.file)));
			return !this.from.isEmpty() && !this.from.equals(this.to)
					&& text.split(Pattern.quote(this.from), -1).length == 2;
		}

	}

}
