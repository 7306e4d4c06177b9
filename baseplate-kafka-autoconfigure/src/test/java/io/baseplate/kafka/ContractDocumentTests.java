package io.baseplate.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests that the documents name exist.
 */
class ContractDocumentTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Pattern METHOD = Pattern.compile("`(\\w+Tests)?#(\\w+)`");

	private static final Pattern CLASS = Pattern.compile("`(?:\\w+\\.)*(\\w+Tests)[`#]");

	private final Map<String, String> sources = sources();

	@ParameterizedTest
	@ValueSource(strings = { "docs/contract.md", "docs/architecture.md" })
	void namesTestsThatExist(String document) throws IOException {
		List<String> missing = new ArrayList<>();
		for (String line : Files.readAllLines(ROOT.resolve(document))) {
			CLASS.matcher(line)
				.results()
				.map((match) -> match.group(1))
				.filter((name) -> source(name).isEmpty())
				.forEach(missing::add);
			String current = "";
			for (Matcher matcher = METHOD.matcher(line); matcher.find();) {
				current = (matcher.group(1) != null) ? matcher.group(1) : current;
				if (!source(current).contains("\tvoid " + matcher.group(2) + "(")) {
					missing.add(current + "#" + matcher.group(2));
				}
			}
		}
		assertThat(missing).isEmpty();
	}

	@Test
	void everyPromiseHasATestOrSaysThatItHasNone() throws IOException {
		List<String> promises = Files.readAllLines(ROOT.resolve("docs/contract.md"))
			.stream()
			.filter((line) -> line.startsWith("| ") && !line.startsWith("| promise |"))
			.toList();
		assertThat(promises).hasSizeGreaterThan(50)
			.allSatisfy((line) -> assertThat(line)
				.containsPattern("\\| .+ \\| .*(Tests#\\w+`|\\*\\*no test yet\\*\\*).* \\|"));
	}

	private String source(String testClass) {
		return this.sources.getOrDefault(testClass, "");
	}

	private static Map<String, String> sources() {
		Map<String, String> sources = new HashMap<>();
		try (Stream<Path> modules = Files.list(ROOT)) {
			for (Path tests : modules.map((module) -> module.resolve("src/test/java")).filter(Files::exists).toList()) {
				try (Stream<Path> files = Files.walk(tests)) {
					for (Path file : files.filter((path) -> path.toString().endsWith("Tests.java")).toList()) {
						sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
					}
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return sources;
	}

}
