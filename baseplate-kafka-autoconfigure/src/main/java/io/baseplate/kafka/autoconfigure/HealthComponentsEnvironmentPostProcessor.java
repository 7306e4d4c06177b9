package io.baseplate.kafka.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Makes {@code GET /actuator/health} show which consumers there are and how they are,
 * without a property to set: the components and their status, not their details. The
 * weakest of all property sources, so that whatever the application sets wins.
 */
final class HealthComponentsEnvironmentPostProcessor implements EnvironmentPostProcessor {

	static final String SOURCE = "baseplateKafkaDefaults";

	static final String PROPERTY = "management.endpoint.health.show-components";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		boolean decided = environment.containsProperty(PROPERTY)
				|| environment.containsProperty("management.endpoint.health.show-details")
				|| !environment.getProperty("baseplate.kafka.enabled", Boolean.class, true);
		if (!decided) {
			environment.getPropertySources().addLast(new MapPropertySource(SOURCE, Map.of(PROPERTY, "always")));
		}
	}

}
