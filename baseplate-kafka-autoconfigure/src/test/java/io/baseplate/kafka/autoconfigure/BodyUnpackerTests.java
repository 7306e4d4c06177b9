package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * From bodies to payloads.
 */
class BodyUnpackerTests {

	private static final Jackson2Unpacker JACKSON_2 = Jackson2Unpacker.plain();

	private static final Jackson3Unpacker JACKSON_3 = new Jackson3Unpacker(
			JsonMapper.builder().findAndAddModules().build());

	static Stream<BodyUnpacker> unpackers() {
		return Stream.of(new BodyUnpacker(List.of(JACKSON_2)), new BodyUnpacker(List.of(JACKSON_3)),
				new BodyUnpacker(List.of(JACKSON_3, JACKSON_2)));
	}

	@ParameterizedTest
	@MethodSource("unpackers")
	void bindsRecordsGenericsAndMapsAndIgnoresUnknownProperties(BodyUnpacker unpacker) throws Exception {
		assertThat(unpack(unpacker, "{\"id\": 7, \"x\": 1}", Link.class)).isEqualTo(new Link(7, null));
		assertThat(unpack(unpacker, "[{\"id\": 7}]", new ParameterizedTypeReference<List<Link>>() {
		}.getType())).isEqualTo(List.of(new Link(7, null)));
		assertThat(unpack(unpacker, "{\"a\": [1, \"b\"]}", new ParameterizedTypeReference<Map<String, Object>>() {
		}.getType())).isEqualTo(Map.of("a", List.of(1, "b")));
		assertThat(unpack(unpacker, "{\"a\": 1}", Object.class)).isEqualTo(Map.of("a", 1));
	}

	@ParameterizedTest
	@MethodSource("unpackers")
	void readsDatesAsIsoText(BodyUnpacker unpacker) throws Exception {
		assertThat(unpack(unpacker, "{\"id\": 7, \"at\": \"2026-11-24T15:00:00Z\"}", Link.class))
			.isEqualTo(new Link(7, Instant.parse("2026-11-24T15:00:00Z")));
	}

	@ParameterizedTest
	@MethodSource("unpackers")
	void givesTextAndRawBodies(BodyUnpacker unpacker) throws Exception {
		assertThat(unpack(unpacker, "no JSON ü", String.class)).isEqualTo("no JSON ü");
		assertThat(unpack(unpacker, "no JSON", byte[].class)).isEqualTo("no JSON".getBytes(StandardCharsets.UTF_8));
		assertThat(unpacker.unpack(message(null), byte[].class)).isNull();
	}

	@ParameterizedTest
	@MethodSource("unpackers")
	void refusesWhatIsNotOneValueOfTheType(BodyUnpacker unpacker) {
		for (String body : List.of("", " ", "{", "[1, 2]", "\"text\"", "{\"id\": \"x\"}", "{\"id\": 1} {}",
				"{\"id\": 1} x", "[".repeat(1_000_000))) {
			assertThatException().as(body.substring(0, Math.min(20, body.length())))
				.isThrownBy(() -> unpack(unpacker, body, Link.class));
		}
		assertThatException().isThrownBy(() -> unpack(unpacker, "[".repeat(1_000_000), Object.class));
		assertThatException().isThrownBy(() -> unpacker.unpack(message(null), Link.class));
		assertThatException()
			.isThrownBy(() -> unpacker.unpack(message(new byte[] { (byte) 0xc3, 0x28 }), String.class));
		assertThatException()
			.isThrownBy(() -> unpacker.unpack(message(new byte[] { '"', (byte) 0xc3, 0x28, '"' }), Object.class));
	}

	@ParameterizedTest
	@MethodSource("unpackers")
	void knowsTheTypesThatNoBodyCanBeBoundTo(BodyUnpacker unpacker) {
		for (Type type : List.of(NoCreator.class, Runnable.class, NoCreator[].class,
				new ParameterizedTypeReference<List<NoCreator>>() {
				}.getType(), new ParameterizedTypeReference<Map<String, List<Runnable>>>() {
				}.getType())) {
			assertThat(unpacker.unbindable(type)).as(type.getTypeName()).contains("Cannot construct instance");
		}
		for (Type type : List.of(Link.class, Strict.class, FromText.class, Object.class, String.class, byte[].class,
				Instant.class, Integer.class, Thread.State.class, Itself.class,
				new ParameterizedTypeReference<Map<Integer, Link[]>>() {
				}.getType(), new ParameterizedTypeReference<List<java.util.Optional<Link>>>() {
				}.getType())) {
			assertThat(unpacker.unbindable(type)).as(type.getTypeName()).isNull();
		}
	}

	@Test
	void aMissingPrimitiveIsZeroWithJackson2AndRefusedByJackson3UnlessToldOtherwise() throws Exception {
		for (String body : List.of("{}", "{\"id\": null}")) {
			assertThat(unpack(new BodyUnpacker(List.of(JACKSON_2)), body, Link.class)).isEqualTo(new Link(0, null));
			assertThatException().isThrownBy(() -> unpack(new BodyUnpacker(List.of(JACKSON_3)), body, Link.class));
			new ApplicationContextRunner()
				.withConfiguration(
						AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class, JacksonAutoConfiguration.class))
				.withPropertyValues("spring.jackson.deserialization.fail-on-null-for-primitives=false")
				.run((context) -> assertThat(unpack(context.getBean(BodyUnpacker.class), body, Link.class))
					.isEqualTo(new Link(0, null)));
		}
	}

	@Test
	void aTreeOfEitherJacksonIsMadeByThatJackson() throws Exception {
		BodyUnpacker unpacker = new BodyUnpacker(List.of(JACKSON_3, JACKSON_2));
		assertThat(unpack(unpacker, "{\"a\": 1}", com.fasterxml.jackson.databind.JsonNode.class))
			.isInstanceOf(com.fasterxml.jackson.databind.node.ObjectNode.class);
		assertThat(unpack(unpacker, "{\"a\": 1}", tools.jackson.databind.JsonNode.class))
			.isInstanceOf(tools.jackson.databind.node.ObjectNode.class);
	}

	@Test
	void anEmptyBodyIsNoTree() {
		BodyUnpacker unpacker = new BodyUnpacker(List.of(JACKSON_3, JACKSON_2));
		assertThatException().isThrownBy(() -> unpack(unpacker, "", com.fasterxml.jackson.databind.JsonNode.class));
		assertThatException().isThrownBy(() -> unpack(unpacker, "", tools.jackson.databind.JsonNode.class));
	}

	@Test
	void numbersAreFoundInTrees() throws Exception {
		BodyUnpacker unpacker = new BodyUnpacker(List.of(JACKSON_3, JACKSON_2));
		for (Class<?> type : List.of(com.fasterxml.jackson.databind.JsonNode.class,
				tools.jackson.databind.JsonNode.class)) {
			assertThat(unpacker.number(unpack(unpacker, "{\"n\": 12}", type), "n").longValue()).isEqualTo(12);
			assertThat(unpacker.number(unpack(unpacker, "{\"n\": \"x\"}", type), "n")).isNull();
			assertThat(unpacker.number(unpack(unpacker, "{}", type), "n")).isNull();
		}
	}

	@Test
	void theUsersMapperWins() {
		ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
				AutoConfigurations.of(BaseplateKafkaAutoConfiguration.class, JacksonAutoConfiguration.class));
		runner.run((context) -> assertThat(tree(context.getBean(BodyUnpacker.class))).startsWith("tools.jackson"));
		runner.withUserConfiguration(UsersMapper2.class)
			.withClassLoader(new FilteredClassLoader("tools.jackson"))
			.run((context) -> assertThat(unpack(context.getBean(BodyUnpacker.class), "{\"ID\": 7}", Link.class))
				.isEqualTo(new Link(7, null)));
		runner.withUserConfiguration(UsersMapper3.class)
			.run((context) -> assertThat(unpack(context.getBean(BodyUnpacker.class), "{\"ID\": 7}", Link.class))
				.isEqualTo(new Link(7, null)));
	}

	private static String tree(BodyUnpacker unpacker) throws Exception {
		try {
			unpack(unpacker, "{", Link.class);
			return "";
		}
		catch (Exception ex) {
			return ex.getClass().getName();
		}
	}

	private static Object unpack(BodyUnpacker unpacker, String body, Type type) throws Exception {
		return unpacker.unpack(message(body.getBytes(StandardCharsets.UTF_8)), type);
	}

	private static ConsumerRecord<byte[], byte[]> message(byte[] body) {
		return new ConsumerRecord<>("topic", 0, 0, null, body);
	}

	record Link(int id, Instant at) {
	}

	record Strict(String name) {

		Strict {
			java.util.Objects.requireNonNull(name);
		}

	}

	record FromText(@com.fasterxml.jackson.annotation.JsonValue String text) {

		@com.fasterxml.jackson.annotation.JsonCreator(
				mode = com.fasterxml.jackson.annotation.JsonCreator.Mode.DELEGATING)
		FromText {
		}

	}

	static class Itself extends java.util.ArrayList<Itself> {

	}

	static class NoCreator {

		// Two, because the only constructor is a creator where its parameters' names are
		// known.
		NoCreator(String name, int number) {
		}

		NoCreator(String name, int number, int another) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UsersMapper2 {

		@Bean
		com.fasterxml.jackson.databind.ObjectMapper objectMapper() {
			return com.fasterxml.jackson.databind.json.JsonMapper.builder()
				.enable(com.fasterxml.jackson.databind.MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UsersMapper3 {

		@Bean
		JsonMapper jsonMapper() {
			return JsonMapper.builder()
				.enable(tools.jackson.databind.MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
				.build();
		}

	}

}
