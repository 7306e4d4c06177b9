package io.baseplate.kafka.benchmarks.broker;

import java.nio.file.Path;
import java.util.Map;

import io.baseplate.kafka.benchmarks.run.DieWithParent;
import io.baseplate.kafka.benchmarks.run.JsonFiles;
import io.baseplate.kafka.devbroker.DevBroker;

/**
 * The broker, in a JVM of its own.
 */
public final class BrokerMain {

	/**
	 * What the dev broker has smaller than a broker's default, at that default.
	 */
	private static final Map<String, String> PROPERTIES = Map.of("num.network.threads", "3", "num.io.threads", "8",
			"log.cleaner.dedupe.buffer.size", "134217728", "log.retention.ms", "-1");

	private BrokerMain() {
	}

	/**
	 * Run until killed, or until the harness has gone.
	 * @param args the directory for the data, and the file to write the address to when
	 * clients can connect
	 */
	public static void main(String[] args) {
		DieWithParent.watch();
		DevBroker broker = DevBroker.builder()
			.directory(Path.of(args[0]))
			.properties(PROPERTIES)
			.onFault((fault) -> Runtime.getRuntime().halt(1))
			.build()
			.start();
		JsonFiles.write(Path.of(args[1]), broker.bootstrapServers());
	}

}
