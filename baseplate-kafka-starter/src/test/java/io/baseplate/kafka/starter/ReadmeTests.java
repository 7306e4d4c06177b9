package io.baseplate.kafka.starter;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.devbroker.DevBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The shortest example of the README, as it stands there: this module's class path is
 * what the dependency brings, the handler is compiled, and the YAML is all there is to
 * configure, but for the address of the broker.
 */
class ReadmeTests {

	private static final String APPLICATION = """
			package readme;

			import io.baseplate.kafka.KafkaMessageHandler;
			import io.baseplate.kafka.MessageContext;
			import org.apache.kafka.clients.consumer.ConsumerRecord;
			import org.springframework.boot.autoconfigure.SpringBootApplication;
			import org.springframework.stereotype.Component;

			@SpringBootApplication
			class Application {
			}

			record Link(String url) {
			}

			""";

	@TempDir
	private Path directory;

	@Test
	void theThreeSnippetsAreEnough() throws Exception {
		String readme = Files.readString(Path.of("..", "README.md"));
		assertThat(lines(snippet(readme, "xml"))).isEqualTo(List.of("<dependency>", "<groupId>io.baseplate</groupId>",
				"<artifactId>" + ownPom("</parent>\\s*<artifactId>(.+?)<") + "</artifactId>",
				"<version>" + ownPom("<version>(.+?)<") + "</version>", "</dependency>"));
		try (DevBroker broker = DevBroker.builder().build().start();
				URLClassLoader classes = compile(APPLICATION + snippet(readme, "java"))) {
			broker.createTopic("new_links", 1);
			broker.createTopic("edited_links", 1);
			Path yaml = Files.writeString(this.directory.resolve("application.yml"),
					snippet(readme, "yaml").replace("localhost:9092", broker.bootstrapServers()));
			SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes),
					classes.loadClass("readme.Application"));
			try (ConfigurableApplicationContext context = application.run("--spring.config.location=file:" + yaml)) {
				send(broker, "new_links", "edited_links");
				QueueConsumer consumer = context.getBean("kafka_consumer.link_consumer_v0", QueueConsumer.class);
				Awaitility.await().until(() -> consumer.status().totals().handled() == 2);
				assertThat(context.getBean(HealthEndpoint.class)
					.healthForPath("baseplateKafka", "kafka_consumer.link_consumer_v0")
					.getStatus()).isEqualTo(Status.UP);
			}
			assertThat(committed(broker, "link_service.link_consumer_v0")).isEqualTo(2);
		}
	}

	private static String snippet(String readme, String language) {
		String example = readme.substring(readme.indexOf("## The shortest example"));
		return find("```" + language + "\\n(.+?)```", example);
	}

	private static String ownPom(String pattern) throws Exception {
		return find(pattern, Files.readString(Path.of("pom.xml")));
	}

	private static String find(String pattern, String text) {
		Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
		assertThat(matcher.find()).as(pattern).isTrue();
		return matcher.group(1);
	}

	private static List<String> lines(String text) {
		return text.lines().map(String::strip).toList();
	}

	private URLClassLoader compile(String source) throws Exception {
		Path file = Files.writeString(this.directory.resolve("Application.java"), source);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
			assertThat(compiler
				.getTask(null, files, null, List.of("-d", this.directory.toString(), "-proc:none"), null,
						files.getJavaFileObjects(file))
				.call()).isTrue();
		}
		return new URLClassLoader(new URL[] { this.directory.toUri().toURL() }, getClass().getClassLoader());
	}

	private static void send(DevBroker broker, String... topics) throws Exception {
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", broker.bootstrapServers()), new StringSerializer(),
				new StringSerializer())) {
			for (String topic : topics) {
				producer.send(new ProducerRecord<>(topic, "{\"url\": \"https://example.com/\"}")).get();
			}
		}
	}

	private static long committed(DevBroker broker, String group) throws Exception {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
			return admin.listConsumerGroupOffsets(group)
				.partitionsToOffsetAndMetadata()
				.get()
				.values()
				.stream()
				.mapToLong(OffsetAndMetadata::offset)
				.sum();
		}
	}

}
