package io.baseplate.kafka.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.InOrderConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The sample on the dev broker: what its first page, its health, its metrics and its log
 * say.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ExtendWith(OutputCaptureExtension.class)
class SampleApplicationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@Autowired
	private InOrderConsumer links;

	@Autowired
	private FastConsumer thumbnails;

	@Autowired
	private JsonMapper json;

	@LocalServerPort
	private int port;

	@Test
	void messagesGoThroughBothConsumersAndInvalidOnesAreSkipped() {
		await().atMost(PATIENCE).failFast("a message failed", this::hasFailed).untilAsserted(() -> {
			assertThat(this.links.status().totals().handled()).isGreaterThan(10);
			assertThat(this.links.status().totals().invalid()).isPositive();
			assertThat(this.thumbnails.status().totals().handled()).isGreaterThan(10);
			assertThat(this.thumbnails.status().totals().invalid()).isPositive();
		});
		assertThat(hasFailed()).isFalse();
	}

	private boolean hasFailed() {
		return this.links.status().totals().failed() + this.thumbnails.status().totals().failed() > 0;
	}

	@Test
	void healthHasAChildForEachConsumer() {
		await().atMost(PATIENCE).untilAsserted(() -> {
			HttpResponse<String> response = get("/actuator/health");
			assertThat(response.statusCode()).isEqualTo(200);
			JsonNode health = this.json.readTree(response.body());
			assertThat(health.at("/status").asString()).isEqualTo("UP");
			for (QueueConsumer consumer : Set.of(this.links, this.thumbnails)) {
				JsonNode child = health.at("/components/baseplateKafka/components/" + consumer.name());
				assertThat(child.at("/status").asString()).isEqualTo("UP");
				assertThat(child.at("/details/group").asString()).isEqualTo(consumer.groupId());
			}
		});
	}

	@Test
	void metricsHaveTheNamesOfBaseplatePy() {
		await().atMost(PATIENCE).untilAsserted(() -> {
			String metrics = get("/actuator/prometheus").body();
			for (String topic : Set.of("new_links", "edited_links")) {
				String labels = "{kafka_client_name=\"\",kafka_topic=\"" + topic + "\"";
				assertThat(metrics).contains("kafka_consumer_message_processing_time_seconds_bucket"
						+ "{kafka_client_name=\"\",kafka_success=\"true\",kafka_topic=\"" + topic + "\",le=\"0.001\"}");
				assertThat(metrics).contains("kafka_consumer_messages_processed_total"
						+ "{kafka_client_name=\"\",kafka_success=\"true\",kafka_topic=\"" + topic + "\"}");
				assertThat(metrics).contains("kafka_consumer_active_messages" + labels + "}");
			}
			assertThat(metrics).contains(
					"kafka_consumer_messages_processed_total{kafka_client_name=\"\",kafka_success=\"false\",kafka_topic=\"new_links\"}");
			assertThat(metrics).contains(
					"baseplate_kafka_message_latency_seconds_count" + "{consumer=\"kafka_consumer.link_consumer_v0\"");
		});
	}

	@Test
	void firstPageSaysWhatIsRunning() {
		await().atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(get("/").body()).contains("<td>running</td>").doesNotContain("<td>unknown</td>"));
		HttpResponse<String> page = get("/");
		assertThat(page.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/html"));
		assertThat(page.body()).contains("kafka_consumer.link_consumer_v0", "kafka_consumer.thumbnail_consumer_v0",
				"link_service.link_consumer_v0", "<td>in-order</td>", "<td>fast</td>");
		Set<String> linked = Pattern.compile("href=\"([^\"]+)\"")
			.matcher(page.body())
			.results()
			.map((link) -> link.group(1))
			.collect(Collectors.toSet());
		assertThat(linked).contains("/actuator/health", "/actuator/prometheus")
			.hasSize(4)
			.allSatisfy((path) -> assertThat(get(path).statusCode()).as(path).isEqualTo(200));
	}

	@Test
	void logLinesOfBothConsumersHaveTheTraceOfTheProducer(CapturedOutput output) {
		Pattern sending = Pattern.compile("\\[(\\p{XDigit}{32})-\\p{XDigit}{16}].* sending \\S+ to new_links");
		await().atMost(PATIENCE).untilAsserted(() -> {
			String log = output.toString();
			assertThat(sending.matcher(log).results()).anySatisfy((sent) -> {
				String trace = "[" + sent.group(1) + "-";
				assertThat(log.lines().filter((line) -> line.contains(trace)))
					.anyMatch((line) -> line.contains(" processing link-"))
					.anyMatch((line) -> line.contains(" thumbnail of "));
			});
		});
	}

	private HttpResponse<String> get(String path) {
		try {
			URI uri = URI.create("http://localhost:" + this.port + path);
			return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
		}
		catch (Exception ex) {
			throw new AssertionError(path, ex);
		}
	}

}
