package io.baseplate.kafka.autoconfigure;

import java.util.Collection;

import io.baseplate.kafka.devbroker.DevBroker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The dev broker, where it is on the class path. It starts when somebody asks for brokers
 * and nobody has configured any.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(DevBroker.class)
class DevBrokerConfiguration {

	@Bean
	Embedded baseplateKafkaDevBroker(Environment environment) {
		return new Embedded(BaseplateKafkaAutoConfiguration.properties(environment).devBroker());
	}

	/**
	 * Starts the dev broker on demand; closed after all consumers.
	 */
	static final class Embedded implements EmbeddedBroker, DisposableBean {

		private static final Logger logger = LoggerFactory.getLogger(DevBroker.class);

		private static final int PARTITIONS = 4;

		private final BaseplateKafkaProperties.DevBroker properties;

		private @Nullable DevBroker broker;

		Embedded(BaseplateKafkaProperties.DevBroker properties) {
			this.properties = properties;
		}

		@Override
		public boolean isWanted() {
			Boolean enabled = this.properties.enabled();
			return (enabled != null) ? enabled : !isInExecutableJar();
		}

		/**
		 * An executable jar has the classes of its dependencies in jars within.
		 */
		private static boolean isInExecutableJar() {
			String location = String.valueOf(DevBroker.class.getProtectionDomain().getCodeSource().getLocation());
			return location.startsWith("jar:nested:") || location.contains("!/BOOT-INF/");
		}

		@Override
		public synchronized boolean isRunning() {
			return this.broker != null;
		}

		@Override
		public synchronized String bootstrapServers() {
			DevBroker broker = this.broker;
			if (broker == null) {
				broker = DevBroker.builder()
					.port(this.properties.port())
					.directory(this.properties.dataDir())
					.build()
					.start();
				this.broker = broker;
				logger.info("No Kafka brokers are configured: a dev broker listens on {}. Set "
						+ "baseplate.kafka.bootstrap-servers to use real ones", broker.bootstrapServers());
			}
			return broker.bootstrapServers();
		}

		@Override
		public synchronized void createTopics(Collection<String> topics) {
			DevBroker broker = this.broker;
			if (broker != null) {
				topics.forEach((topic) -> broker.createTopic(topic, PARTITIONS));
			}
		}

		@Override
		public synchronized void destroy() {
			DevBroker broker = this.broker;
			this.broker = null;
			if (broker != null) {
				broker.close();
			}
		}

	}

}
