package io.baseplate.kafka.autoconfigure;

import java.util.Map;

import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.actuate.QueueConsumerHealthIndicator;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health of queue consumers: one component, one child a
 * consumer.
 */
@AutoConfiguration(after = BaseplateKafkaAutoConfiguration.class)
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBooleanProperty(name = "baseplate.kafka.enabled", matchIfMissing = true)
@ConditionalOnEnabledHealthIndicator("baseplate-kafka")
public final class BaseplateKafkaHealthAutoConfiguration {

	BaseplateKafkaHealthAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = "baseplateKafkaHealthContributor")
	CompositeHealthContributor baseplateKafkaHealthContributor(Map<String, QueueConsumer> consumers) {
		return QueueConsumerHealthIndicator.composite(consumers);
	}

}
