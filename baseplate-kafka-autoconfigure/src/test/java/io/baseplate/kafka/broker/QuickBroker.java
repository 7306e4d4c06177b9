package io.baseplate.kafka.broker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

class QuickBroker {

	final String bootstrap;

	kafka.server.KafkaRaftServer server;

	QuickBroker(Map<String, String> extra) throws Exception {
		Path dir = Files.createTempDirectory("kafka");
		int port = free(), cport = free();
		Properties p = new Properties();
		p.put("process.roles", "broker,controller");
		p.put("node.id", "1");
		p.put("controller.quorum.voters", "1@localhost:" + cport);
		p.put("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + cport);
		p.put("advertised.listeners", "PLAINTEXT://localhost:" + port);
		p.put("inter.broker.listener.name", "PLAINTEXT");
		p.put("controller.listener.names", "CONTROLLER");
		p.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
		p.put("log.dirs", dir.toString());
		p.put("offsets.topic.replication.factor", "1");
		p.put("offsets.topic.num.partitions", "4");
		p.put("transaction.state.log.replication.factor", "1");
		p.put("transaction.state.log.min.isr", "1");
		p.put("share.coordinator.state.topic.replication.factor", "1");
		p.put("share.coordinator.state.topic.min.isr", "1");
		p.put("group.initial.rebalance.delay.ms", "0");
		p.put("group.min.session.timeout.ms", "100");
		p.put("group.consumer.min.heartbeat.interval.ms", "100");
		p.put("group.consumer.heartbeat.interval.ms", "500");
		p.put("group.consumer.min.session.timeout.ms", "1000");
		p.putAll(extra);
		org.apache.kafka.metadata.storage.Formatter f = new org.apache.kafka.metadata.storage.Formatter();
		f.setClusterId(org.apache.kafka.common.Uuid.randomUuid().toString())
			.setNodeId(1)
			.setControllerListenerName("CONTROLLER")
			.setMetadataLogDirectory(dir.toString())
			.addDirectory(dir.toString())
			.setPrintStream(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()))
			.run();
		server = new kafka.server.KafkaRaftServer(new kafka.server.KafkaConfig(p, false),
				org.apache.kafka.common.utils.Time.SYSTEM);
		server.startup();
		bootstrap = "localhost:" + port;
	}

	static int free() throws Exception {
		try (java.net.ServerSocket s = new java.net.ServerSocket(0)) {
			return s.getLocalPort();
		}
	}

}
