package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.chaos.Cell;

/**
 * What application processes of one run have in common: where they write, what they read,
 * and how their consumers are configured. Immutable.
 */
public final class ApplicationSpec {

	private static final String CONSUMERS = "baseplate.kafka.consumers.";

	private final Path directory;

	private final String service;

	private final Map<String, String> properties;

	private final List<String> jvm;

	private final Set<Cell> cells;

	private ApplicationSpec(Path directory, String service, Map<String, String> properties, List<String> jvm,
			Set<Cell> cells) {
		this.directory = directory;
		this.service = service;
		this.properties = properties;
		this.jvm = jvm;
		this.cells = cells;
	}

	/**
	 * All ten cells, with short timeouts.
	 * @param directory the run's directory, for journals, logs and configurations
	 * @param bootstrapServers the brokers, through proxies or not
	 * @param service the {@code {service_name}}, unique per run, without a dot
	 * @param topic the topic
	 * @return the specification
	 */
	public static ApplicationSpec of(Path directory, String bootstrapServers, String service, String topic) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("spring.application.name", service);
		properties.put("spring.main.banner-mode", "off");
		properties.put("baseplate.kafka.bootstrap-servers", bootstrapServers);
		properties.put("baseplate.kafka.topics", topic);
		properties.put("baseplate.kafka.auto-offset-reset", "earliest");
		properties.put("baseplate.kafka.properties.metadata.max.age.ms", "3000");
		for (Cell cell : Cell.values()) {
			properties.put(CONSUMERS + cell.groupName() + ".commit",
					cell.commit().name().toLowerCase(Locale.ROOT).replace('_', '-'));
			properties.put(CONSUMERS + cell.groupName() + ".group-protocol", cell.protocol());
		}
		// Hundreds of lines of settings at each start.
		properties.put("logging.level.org.apache.kafka.common.config.AbstractConfig", "warn");
		properties.put("logging.level.org.apache.kafka.clients.consumer.ConsumerConfig", "warn");
		properties.put("logging.level.org.apache.kafka.common.utils.AppInfoParser", "warn");
		return new ApplicationSpec(directory.toAbsolutePath(), service, properties, List.of(),
				EnumSet.allOf(Cell.class))
			.commitInterval(Duration.ofSeconds(1))
			.sessionTimeout(BrokerOptions.SESSION_TIMEOUT);
	}

	/**
	 * Run these cells only.
	 * @param cells the cells
	 * @return the specification
	 */
	public ApplicationSpec cells(Set<Cell> cells) {
		ApplicationSpec spec = this;
		for (Cell cell : Cell.values()) {
			spec = spec.property(cell, "auto-startup", Boolean.toString(cells.contains(cell)));
		}
		return new ApplicationSpec(spec.directory, spec.service, spec.properties, spec.jvm, EnumSet.copyOf(cells));
	}

	/**
	 * Run these cells only.
	 * @param cells the cells
	 * @return the specification
	 */
	public ApplicationSpec cells(Cell... cells) {
		return cells(Set.copyOf(Arrays.asList(cells)));
	}

	/**
	 * The {@code commit-interval}: 1 s by default.
	 * @param interval the interval
	 * @return the specification
	 */
	public ApplicationSpec commitInterval(Duration interval) {
		return property("baseplate.kafka.commit-interval", interval.toMillis() + "ms");
	}

	/**
	 * The {@code max-uncommitted}.
	 * @param messages per partition
	 * @return the specification
	 */
	public ApplicationSpec maxUncommitted(int messages) {
		return property("baseplate.kafka.max-uncommitted", Integer.toString(messages));
	}

	/**
	 * The {@code batch-size}.
	 * @param messages per read
	 * @return the specification
	 */
	public ApplicationSpec batchSize(int messages) {
		return property("baseplate.kafka.batch-size", Integer.toString(messages));
	}

	/**
	 * The {@code stop-timeout}.
	 * @param timeout the timeout
	 * @return the specification
	 */
	public ApplicationSpec stopTimeout(Duration timeout) {
		return property("baseplate.kafka.stop-timeout", timeout.toMillis() + "ms");
	}

	/**
	 * The {@code on-failure}. Restarts wait between 0.1 s and 1 s.
	 * @param policy the policy
	 * @return the specification
	 */
	public ApplicationSpec onFailure(OnFailure policy) {
		return property("baseplate.kafka.on-failure", policy.name().toLowerCase(Locale.ROOT))
			.property("baseplate.kafka.restart-backoff.initial", "100ms")
			.property("baseplate.kafka.restart-backoff.max", "1s");
	}

	/**
	 * The session timeout of {@code classic} members, 6 s by default; those of
	 * {@code consumer} have the brokers', see {@link BrokerOptions#sessionTimeout}.
	 * @param timeout the timeout
	 * @return the specification
	 */
	public ApplicationSpec sessionTimeout(Duration timeout) {
		ApplicationSpec spec = this;
		for (Cell cell : cellsOf("classic")) {
			spec = spec.client(cell, "session.timeout.ms", Long.toString(timeout.toMillis()))
				.client(cell, "heartbeat.interval.ms", Long.toString(timeout.toMillis() / 10));
		}
		return spec;
	}

	private static Set<Cell> cellsOf(String protocol) {
		Set<Cell> cells = EnumSet.allOf(Cell.class);
		cells.removeIf((cell) -> !cell.protocol().equals(protocol));
		return cells;
	}

	/**
	 * How long a handler takes at most; each time less, by chance. Nothing by default.
	 * @param sleep the longest sleep
	 * @return the specification
	 */
	public ApplicationSpec handlerSleep(Duration sleep) {
		return property("chaos.handler-sleep", sleep.toNanos() + "ns");
	}

	/**
	 * Sample the heap in use, each time after a collection of garbage. Never by default.
	 * @param interval how often
	 * @return the specification
	 */
	public ApplicationSpec heapInterval(Duration interval) {
		return property("chaos.heap-interval", interval.toMillis() + "ms");
	}

	/**
	 * Any property of the application.
	 * @param name the name
	 * @param value the value
	 * @return the specification
	 */
	public ApplicationSpec property(String name, String value) {
		Map<String, String> all = new LinkedHashMap<>(this.properties);
		all.put(name, value);
		return new ApplicationSpec(this.directory, this.service, all, this.jvm, this.cells);
	}

	/**
	 * Any property of one cell's consumer.
	 * @param cell the cell
	 * @param name the name, without {@code baseplate.kafka.consumers.{group_name}.}
	 * @param value the value
	 * @return the specification
	 */
	public ApplicationSpec property(Cell cell, String name, String value) {
		return property(CONSUMERS + cell.groupName() + "." + name, value);
	}

	/**
	 * Any setting of all Kafka clients.
	 * @param name the name
	 * @param value the value
	 * @return the specification
	 */
	public ApplicationSpec client(String name, String value) {
		return property("baseplate.kafka.properties." + name, value);
	}

	/**
	 * Any setting of one cell's Kafka client.
	 * @param cell the cell
	 * @param name the name
	 * @param value the value
	 * @return the specification
	 */
	public ApplicationSpec client(Cell cell, String name, String value) {
		return property(cell, "properties." + name, value);
	}

	/**
	 * One more option of the JVM.
	 * @param option the option
	 * @return the specification
	 */
	public ApplicationSpec jvm(String option) {
		List<String> all = new ArrayList<>(this.jvm);
		all.add(option);
		return new ApplicationSpec(this.directory, this.service, this.properties, all, this.cells);
	}

	/**
	 * The run's directory.
	 * @return the directory
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * The {@code {service_name}}.
	 * @return the name
	 */
	public String service() {
		return this.service;
	}

	/**
	 * The cells that are run.
	 * @return the cells in their order
	 */
	public List<Cell> cells() {
		return List.copyOf(this.cells);
	}

	/**
	 * The groups of the cells that are run.
	 * @return the group ids in the order of the cells
	 */
	public List<String> groups() {
		return this.cells.stream().map((cell) -> cell.groupId(this.service)).toList();
	}

	List<String> jvm() {
		List<String> options = new ArrayList<>(
				List.of("-Xmx256m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
		options.addAll(this.jvm);
		return options;
	}

	/**
	 * Write the configuration of one process.
	 * @param name the process's name
	 * @return the file
	 */
	Path write(String name) {
		Properties all = new Properties();
		all.putAll(this.properties);
		try {
			Path marks = Files.createDirectories(this.directory.resolve("marks"));
			all.put("chaos.marks", marks.toString());
			all.put("chaos.journal", journal(name).toString());
			all.put("chaos.running", running(name).toString());
			Path file = this.directory.resolve(name + ".properties");
			try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
				all.store(writer, null);
			}
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Path journal(String name) {
		return this.directory.resolve(name + ".journal");
	}

	Path running(String name) {
		return this.directory.resolve(name + ".running");
	}

}
