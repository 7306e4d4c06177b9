package io.baseplate.kafka.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * How long a consumer may take to stop: no longer than Boot waits for the shutdown phase,
 * less a little for everything around.
 */
final class StopTimeouts {

	private static final Logger logger = LoggerFactory.getLogger(StopTimeouts.class);

	private static final Duration DEFAULT = Duration.ofSeconds(25);

	private static final Duration PHASE = Duration.ofSeconds(30);

	private static final Duration MARGIN = Duration.ofSeconds(2);

	private static final String PHASE_PROPERTY = "spring.lifecycle.timeout-per-shutdown-phase";

	private final Duration phase;

	private final Duration limit;

	StopTimeouts(Environment environment) {
		this.phase = Binder.get(environment).bind(PHASE_PROPERTY, Duration.class).orElse(PHASE);
		Duration limit = this.phase.minus(MARGIN);
		this.limit = limit.isNegative() || limit.isZero() ? this.phase.dividedBy(2) : limit;
	}

	/**
	 * The timeout that holds.
	 * @param consumerName the consumer's name
	 * @param configured what was set, or {@code null}
	 * @return the smaller of that and the limit
	 */
	Duration effective(String consumerName, @Nullable Duration configured) {
		if (this.phase.isNegative() || this.phase.isZero()) {
			throw new InvalidConfigurationPropertyValueException(PHASE_PROPERTY, this.phase, "It leaves " + consumerName
					+ " no time to stop. Use a duration such as 30s, which is the default.");
		}
		if (configured == null) {
			return (DEFAULT.compareTo(this.limit) < 0) ? DEFAULT : this.limit;
		}
		if (configured.compareTo(this.limit) > 0) {
			logger.warn("stop-timeout {} of {} is longer than spring.lifecycle.timeout-per-shutdown-phase less {} s "
					+ "allows: {} is used", configured, consumerName, MARGIN.toSeconds(), this.limit);
			return this.limit;
		}
		return configured;
	}

}
