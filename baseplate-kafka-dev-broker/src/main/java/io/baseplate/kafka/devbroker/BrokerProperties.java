package io.baseplate.kafka.devbroker;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * The server properties of a dev broker: what makes a single node work, what keeps it
 * small, and what the caller adds.
 */
final class BrokerProperties {

	static final int NODE_ID = 1;

	static final String CLIENTS_LISTENER = "CLIENTS";

	static final String CONTROLLER_LISTENER = "CONTROLLER";

	static final String HOST = "localhost";

	/**
	 * Follow from the port and the directory, or hold the node together.
	 */
	private static final Set<String> RESERVED = Set.of("process.roles", "node.id", "broker.id", "listeners",
			"controller.listener.names", "controller.quorum.voters", "controller.quorum.bootstrap.servers",
			"inter.broker.listener.name", "log.dir", "log.dirs", "metadata.log.dir");

	private static final Map<String, String> DEFAULTS = Map.ofEntries(
			Map.entry("listener.security.protocol.map",
					CONTROLLER_LISTENER + ":PLAINTEXT," + CLIENTS_LISTENER + ":PLAINTEXT"),
			// One node holds the only replica.
			Map.entry("default.replication.factor", "1"), Map.entry("min.insync.replicas", "1"),
			Map.entry("offsets.topic.replication.factor", "1"),
			Map.entry("transaction.state.log.replication.factor", "1"), Map.entry("transaction.state.log.min.isr", "1"),
			Map.entry("share.coordinator.state.topic.replication.factor", "1"),
			Map.entry("share.coordinator.state.topic.min.isr", "1"),
			// Groups come together at once, and may be asked to notice a dead member
			// soon.
			Map.entry("group.initial.rebalance.delay.ms", "0"), Map.entry("group.min.session.timeout.ms", "100"),
			Map.entry("group.consumer.min.session.timeout.ms", "100"),
			Map.entry("group.consumer.min.heartbeat.interval.ms", "50"),
			Map.entry("group.share.min.session.timeout.ms", "100"),
			Map.entry("group.share.min.heartbeat.interval.ms", "50"),
			// Small: 128 MiB for the log cleaner and 50 partitions per internal topic are
			// for clusters.
			Map.entry("log.cleaner.dedupe.buffer.size", String.valueOf(2 * 1024 * 1024)),
			Map.entry("offsets.topic.num.partitions", "1"), Map.entry("transaction.state.log.num.partitions", "1"),
			Map.entry("share.coordinator.state.topic.num.partitions", "1"), Map.entry("num.network.threads", "2"),
			Map.entry("num.io.threads", "4"),
			// No MBeans: several brokers in one JVM would fight for the names.
			Map.entry("metric.reporters", ""));

	private BrokerProperties() {
	}

	static void checkAllowed(String name) {
		if (RESERVED.contains(name)) {
			throw new IllegalArgumentException("'" + name + "' is set by the dev broker itself. "
					+ "Use port(...) for the port of its clients and directory(...) for its data");
		}
	}

	static Properties of(int port, int controllerPort, Path directory, Map<String, String> added) {
		Map<String, String> all = new LinkedHashMap<>(DEFAULTS);
		all.putAll(added);
		all.put("process.roles", "broker,controller");
		all.put("node.id", String.valueOf(NODE_ID));
		all.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
		all.put("controller.listener.names", CONTROLLER_LISTENER);
		all.put("inter.broker.listener.name", CLIENTS_LISTENER);
		all.put("listeners", CLIENTS_LISTENER + "://" + HOST + ":" + port + "," + CONTROLLER_LISTENER + "://" + HOST
				+ ":" + controllerPort);
		all.put("log.dirs", directory.toString());
		Properties properties = new Properties();
		properties.putAll(all);
		return properties;
	}

}
