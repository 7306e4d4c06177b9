package io.baseplate.kafka.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import org.apache.kafka.common.Uuid;

/**
 * One broker, or several with everything replicated. Each broker has two listeners for
 * clients: a direct one for the harness, and one that applications reach through a
 * {@link FaultProxy}.
 */
public final class BrokerCluster implements AutoCloseable {

	private final List<BrokerProcess> brokers;

	private final String bootstrapServers;

	private final ClusterAdmin admin;

	private BrokerCluster(List<BrokerProcess> brokers, String bootstrapServers) {
		this.brokers = List.copyOf(brokers);
		this.bootstrapServers = bootstrapServers;
		this.admin = new ClusterAdmin(bootstrapServers, brokers.size());
	}

	/**
	 * Start brokers, and wait until all of them take part.
	 * @param directory an empty directory, or one that does not exist
	 * @param nodes how many
	 * @param options their options
	 * @return the cluster
	 */
	public static BrokerCluster start(Path directory, int nodes, BrokerOptions options) {
		List<BrokerNode> all = nodes(directory, nodes);
		List<BrokerProcess> brokers = new ArrayList<>();
		try {
			String clusterId = Uuid.randomUuid().toString();
			for (BrokerNode node : all) {
				node.format(clusterId);
				FaultProxy proxy = FaultProxy.start(BrokerNode.HOST, node.proxiedPort());
				brokers.add(new BrokerProcess(node, options, proxy));
				node.writeConfiguration(all, proxy.address(), options.properties());
			}
			brokers.forEach(BrokerProcess::launch);
			brokers.forEach(BrokerProcess::awaitListening);
			BrokerCluster cluster = new BrokerCluster(brokers,
					all.stream().map(BrokerNode::directAddress).collect(Collectors.joining(",")));
			cluster.admin.awaitBrokers(nodes);
			cluster.admin.createOffsetsTopic();
			return cluster;
		}
		catch (IOException ex) {
			brokers.forEach(BrokerProcess::close);
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException | Error ex) {
			brokers.forEach(BrokerProcess::close);
			throw ex;
		}
	}

	private static List<BrokerNode> nodes(Path directory, int count) {
		List<Integer> ports = Ports.free(3 * count);
		List<BrokerNode> nodes = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Path home = directory.toAbsolutePath().resolve("broker-" + (i + 1));
			try {
				Files.createDirectories(home);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			nodes.add(new BrokerNode(i + 1, home, ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)));
		}
		return nodes;
	}

	/**
	 * Where the harness connects, past the proxies.
	 * @return bootstrap servers
	 */
	public String bootstrapServers() {
		return this.bootstrapServers;
	}

	/**
	 * Where applications connect, through the proxies.
	 * @return bootstrap servers
	 */
	public String proxiedBootstrapServers() {
		return this.brokers.stream().map((broker) -> broker.proxy().address()).collect(Collectors.joining(","));
	}

	/**
	 * All brokers.
	 * @return in the order of their ids
	 */
	public List<BrokerProcess> brokers() {
		return this.brokers;
	}

	/**
	 * One broker.
	 * @param id its id, from 1
	 * @return the broker
	 */
	public BrokerProcess broker(int id) {
		return this.brokers.get(id - 1);
	}

	/**
	 * What is asked of the cluster past the proxies.
	 * @return the admin
	 */
	public ClusterAdmin admin() {
		return this.admin;
	}

	/**
	 * The network between applications and all brokers.
	 * @return faults that befall all proxies
	 */
	public NetworkFaults network() {
		return new AllProxies(this.brokers.stream().map(BrokerProcess::proxy).toList());
	}

	@Override
	public void close() {
		this.admin.close();
		this.brokers.forEach(BrokerProcess::close);
	}

}
