package io.baseplate.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.baseplate.kafka.autoconfigure.ConsumerProperties;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page about the configuration, against the metadata that the build generates.
 */
class ConfigurationDocumentTests {

	private static final String PREFIX = "baseplate.kafka.";

	private static final Pattern ROW = Pattern.compile("^\\| `([a-z.-]+)` \\| (yes)? ?\\|");

	@Test
	void everyPropertyHasARowAndEveryRowIsAProperty() throws IOException {
		assertThat(documented((marked) -> true)).isEqualTo(known());
	}

	/**
	 * Nested settings of one consumer are in the metadata as those of all.
	 */
	@Test
	void exactlyTheSettingsOfAConsumerAreMarkedAsPerConsumer() throws IOException {
		Set<String> expected = new TreeSet<>();
		for (JsonNode property : metadata()) {
			if (property.path("sourceType").asText().startsWith(ConsumerProperties.class.getName())) {
				expected.add(property.path("name").asText().substring(PREFIX.length()));
			}
		}
		assertThat(documented((marked) -> marked)).isEqualTo(expected);
	}

	/**
	 * What the contract calls properties, beside those that it has as one row.
	 */
	@Test
	void everyPropertyOfTheContractExists() throws IOException {
		assertThat(known()).containsExactlyInAnyOrder("enabled", "service-name", "bootstrap-servers", "mode",
				"group-id", "topics", "ordering", "batch-size", "max-concurrency", "max-uncommitted",
				"broker-away-after", "stop-timeout", "commit", "commit-interval", "on-failure", "break-liveness",
				"restart-backoff.initial", "restart-backoff.max", "observation.style", "observation.reader",
				"dev-broker.enabled", "dev-broker.port", "dev-broker.data-dir", "unpacker", "health-check",
				"client-name", "auto-offset-reset", "group-protocol", "missing-topics", "auto-startup", "ssl.bundle",
				"properties", "consumers");
	}

	@Test
	void everyPropertyHasADescription() throws IOException {
		for (JsonNode property : metadata()) {
			assertThat(property.path("description").asText()).as(property.path("name").asText()).isNotBlank();
		}
	}

	private static Set<String> documented(Predicate<Boolean> perConsumer) throws IOException {
		Set<String> names = new TreeSet<>();
		for (String line : Files.readAllLines(Path.of("..", "docs", "configuration.md"))) {
			Matcher matcher = ROW.matcher(line);
			if (matcher.find() && perConsumer.test(matcher.group(2) != null)) {
				names.add(matcher.group(1));
			}
		}
		return names;
	}

	private static Set<String> known() throws IOException {
		Set<String> names = new TreeSet<>();
		for (JsonNode property : metadata()) {
			names.add(property.path("name").asText().substring(PREFIX.length()));
		}
		return names;
	}

	private static Iterable<JsonNode> metadata() throws IOException {
		Path file = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
		try (InputStream input = Files.newInputStream(file)) {
			return new ObjectMapper().readTree(input).path("properties");
		}
	}

}
