package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

import org.apache.kafka.metadata.storage.Formatter;

/**
 * Where a broker lives: its number, ports and directory, which stay the same from one
 * process to the next.
 *
 * @param id the node's id, from 1
 * @param directory its data, configuration and log
 * @param directPort the port of the harness and of the other brokers
 * @param proxiedPort the port that only the proxy connects to
 * @param controllerPort the port of the quorum
 */
record BrokerNode(int id, Path directory, int directPort, int proxiedPort, int controllerPort) {

	static final String HOST = "127.0.0.1";

	private static final String CONTROLLER = "CONTROLLER";

	private static final String DIRECT = "DIRECT";

	private static final String PROXIED = "PROXIED";

	String directAddress() {
		return HOST + ":" + this.directPort;
	}

	Path data() {
		return this.directory.resolve("data");
	}

	Path configuration() {
		return this.directory.resolve("server.properties");
	}

	void format(String clusterId) {
		try (PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
			Files.createDirectories(data());
			new Formatter().setPrintStream(nowhere)
				.setNodeId(this.id)
				.setClusterId(clusterId)
				.setControllerListenerName(CONTROLLER)
				.setMetadataLogDirectory(data().toString())
				.addDirectory(data().toString())
				.run();
		}
		catch (Exception ex) {
			throw new IllegalStateException("Cannot format " + data(), ex);
		}
	}

	void writeConfiguration(List<BrokerNode> nodes, String proxyAddress, Map<String, String> added) throws IOException {
		Properties properties = new Properties();
		properties.putAll(properties(nodes, proxyAddress, added));
		try (Writer writer = Files.newBufferedWriter(configuration(), StandardCharsets.UTF_8)) {
			properties.store(writer, null);
		}
	}

	private Map<String, String> properties(List<BrokerNode> nodes, String proxyAddress, Map<String, String> added) {
		Map<String, String> all = new LinkedHashMap<>();
		String replicas = Integer.toString(Math.min(nodes.size(), 3));
		String inSync = (nodes.size() >= 3) ? "2" : "1";
		for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
			all.put(topic + ".replication.factor", replicas);
			all.put(topic + ".num.partitions", "1");
			// Nothing is compacted: the offsets topic is the record of all commits.
			all.put(topic + ".segment.bytes", Integer.toString(1024 * 1024 * 1024));
		}
		all.put("log.cleaner.enable", "false");
		all.put("transaction.state.log.min.isr", inSync);
		all.put("share.coordinator.state.topic.min.isr", inSync);
		all.put("default.replication.factor", replicas);
		all.put("min.insync.replicas", inSync);
		all.put("auto.create.topics.enable", "false");
		all.put("group.initial.rebalance.delay.ms", "0");
		all.put("group.min.session.timeout.ms", "100");
		all.put("group.consumer.min.session.timeout.ms", "100");
		all.put("group.consumer.min.heartbeat.interval.ms", "50");
		// Small: several brokers and applications share a few CPUs.
		all.put("num.network.threads", "2");
		all.put("num.io.threads", "4");
		all.put("log.index.size.max.bytes", Integer.toString(1024 * 1024));
		all.putAll(added);
		all.put("process.roles", "broker,controller");
		all.put("node.id", Integer.toString(this.id));
		all.put("controller.quorum.voters",
				nodes.stream()
					.map((node) -> node.id + "@" + HOST + ":" + node.controllerPort)
					.collect(Collectors.joining(",")));
		all.put("controller.listener.names", CONTROLLER);
		all.put("inter.broker.listener.name", DIRECT);
		all.put("listener.security.protocol.map",
				"%s:PLAINTEXT,%s:PLAINTEXT,%s:PLAINTEXT".formatted(DIRECT, PROXIED, CONTROLLER));
		all.put("listeners", "%s://%s,%s://%s:%d,%s://%s:%d".formatted(DIRECT, directAddress(), PROXIED, HOST,
				this.proxiedPort, CONTROLLER, HOST, this.controllerPort));
		all.put("advertised.listeners", "%s://%s,%s://%s".formatted(DIRECT, directAddress(), PROXIED, proxyAddress));
		all.put("log.dirs", data().toString());
		return all;
	}

}
