package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What tests share: a broker that lives as long as the JVM, directories that stay for a
 * look at the logs, and names that nobody else has.
 */
final class TestRuns {

	static final BrokerOptions BROKERS = BrokerOptions.defaults().brokerTimeout(Duration.ofSeconds(3));

	private static final AtomicInteger names = new AtomicInteger();

	private static BrokerCluster broker;

	private TestRuns() {
	}

	/**
	 * One broker. Nobody closes it: it dies with the JVM, as all children do.
	 */
	static synchronized BrokerCluster broker() throws IOException {
		if (broker == null) {
			broker = BrokerCluster.start(directory(), 1, BROKERS);
		}
		return broker;
	}

	static Path directory() throws IOException {
		return Files.createTempDirectory(Files.createDirectories(Path.of("target", "chaos-tests")), "run-");
	}

	static String name(String prefix) {
		return prefix + names.incrementAndGet();
	}

}
