package io.baseplate.kafka.chaos.app;

import java.nio.file.Path;
import java.time.Duration;

import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.chaos.journal.JournalWriter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * An application with ten consumers, without a web server. Its settings are in the
 * properties file that the harness wrote:
 * <ul>
 * <li>{@code baseplate.kafka.*}: as for any application</li>
 * <li>{@code chaos.journal}: the journal to write</li>
 * <li>{@code chaos.running}: a file to create when the application is running</li>
 * <li>{@code chaos.marks}: a directory for what shall happen once in a run</li>
 * <li>{@code chaos.handler-sleep}: how long a handler takes at most; each time less, by
 * chance</li>
 * <li>{@code chaos.heap-interval}: how often to collect garbage and write down what is
 * left; never where it is missing</li>
 * </ul>
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ChaosApplication {

	/**
	 * Run the application.
	 * @param args settings as {@code --name=value}
	 */
	public static void main(String[] args) {
		SpringApplication.run(ChaosApplication.class, args);
	}

	@Bean(destroyMethod = "")
	static JournalWriter journal(Environment environment) {
		return JournalWriter.create(Path.of(environment.getRequiredProperty("chaos.journal")));
	}

	@Bean
	static Work work(Environment environment) {
		return new Work(new Marks(Path.of(environment.getRequiredProperty("chaos.marks"))),
				environment.getProperty("chaos.handler-sleep", Duration.class, Duration.ZERO));
	}

	@Bean
	static Handlers handlers(JournalWriter journal, Work work) {
		return new Handlers(journal, work);
	}

	@Bean
	static Chronicler chronicler(JournalWriter journal, Environment environment,
			ObjectProvider<QueueConsumer> consumers, ObjectProvider<HealthEndpoint> health) {
		return new Chronicler(journal, Path.of(environment.getRequiredProperty("chaos.running")),
				environment.getProperty("chaos.heap-interval", Duration.class), consumers, health);
	}

}
