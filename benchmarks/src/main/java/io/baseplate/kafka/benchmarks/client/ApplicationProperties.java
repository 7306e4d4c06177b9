package io.baseplate.kafka.benchmarks.client;

import java.util.Map;

/**
 * Settings of Spring Boot that have nothing to do with consuming.
 */
final class ApplicationProperties {

	private ApplicationProperties() {
	}

	/**
	 * A banner and a page of start-up would hide what a stack has to say.
	 */
	static Map<String, Object> quiet() {
		return Map.of("spring.main.banner-mode", "off", "logging.level.root", "warn",
				"spring.main.register-shutdown-hook", "false");
	}

}
