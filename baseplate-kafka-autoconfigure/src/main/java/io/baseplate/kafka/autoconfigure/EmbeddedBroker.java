package io.baseplate.kafka.autoconfigure;

import java.util.Collection;

/**
 * The broker inside the application, seen without its classes, which are optional.
 */
interface EmbeddedBroker {

	/**
	 * Whether it may be started where no other brokers are configured.
	 * @return {@code true} where it may
	 */
	boolean isWanted();

	boolean isRunning();

	/**
	 * Where it listens; starts it first.
	 * @return the brokers
	 */
	String bootstrapServers();

	/**
	 * Make topics that do not exist.
	 * @param topics the topics
	 */
	void createTopics(Collection<String> topics);

}
