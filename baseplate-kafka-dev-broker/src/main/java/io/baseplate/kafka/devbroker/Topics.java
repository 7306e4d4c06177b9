package io.baseplate.kafka.devbroker;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Creates topics through Kafka's admin client.
 */
final class Topics {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private Topics() {
	}

	static void create(String bootstrapServers, Map<String, Object> adminProperties, String name, int partitions,
			Map<String, String> config) {
		Map<String, Object> settings = new HashMap<>(adminProperties);
		settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
		settings.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
		settings.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
		try (Admin admin = Admin.create(settings)) {
			create(admin, new NewTopic(name, Optional.of(partitions), Optional.of((short) 1)).configs(config));
			awaitLeaders(admin, name);
		}
		catch (ExecutionException ex) {
			throw failure(name, (ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure(name, ex);
		}
	}

	private static void create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
		try {
			admin.createTopics(List.of(topic)).all().get();
		}
		catch (ExecutionException ex) {
			if (!(ex.getCause() instanceof TopicExistsException)) {
				throw ex;
			}
		}
	}

	/**
	 * The controller's answer comes before the broker, which is what clients ask, has
	 * read of the topic.
	 */
	private static void awaitLeaders(Admin admin, String name) throws ExecutionException, InterruptedException {
		long start = System.nanoTime();
		while (!hasLeaders(admin, name)) {
			if (System.nanoTime() - start > TIMEOUT.toNanos()) {
				throw new DevBrokerException(
						"The topic '" + name + "' was created, but has no leader after " + TIMEOUT.toSeconds() + " s",
						null);
			}
			TimeUnit.MILLISECONDS.sleep(10);
		}
	}

	private static boolean hasLeaders(Admin admin, String name) throws ExecutionException, InterruptedException {
		try {
			TopicDescription topic = admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
			return topic != null && topic.partitions()
				.stream()
				.allMatch((partition) -> partition.leader() != null && !Node.noNode().equals(partition.leader()));
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof UnknownTopicOrPartitionException) {
				return false;
			}
			throw ex;
		}
	}

	private static DevBrokerException failure(String name, Throwable cause) {
		return new DevBrokerException(
				"The topic '" + name + "' could not be created on the dev broker: " + cause.getMessage(), cause);
	}

}
