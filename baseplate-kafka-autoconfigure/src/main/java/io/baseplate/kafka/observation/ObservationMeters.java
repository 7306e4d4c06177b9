package io.baseplate.kafka.observation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Removes the meters that the application's handlers made of our observations: Spring
 * Boot's {@code DefaultMeterObservationHandler} makes timers and never removes one. They
 * carry no consumer's name, so they go with the last consumer of the topic that they are
 * tagged with, and those without a topic with the last consumer of all.
 */
final class ObservationMeters implements AutoCloseable {

	private static final String ACTIVE = ".active";

	private final MeterRegistry registry;

	private final List<SharedMeters.Share<String>> shares = new ArrayList<>();

	ObservationMeters(MeterRegistry registry, Set<String> names, List<String> topics) {
		this.registry = registry;
		for (String name : names) {
			share(name, name, (meter) -> true);
			for (String topic : topics) {
				share(name + " " + topic, name, (meter) -> hasValue(meter, topic));
			}
		}
	}

	private void share(String key, String name, Predicate<Meter> condition) {
		this.shares.add(SharedMeters.of(this.registry).share(key, () -> name, (gone) -> remove(gone, condition)));
	}

	private void remove(String name, Predicate<Meter> condition) {
		for (Meter meter : this.registry.getMeters()) {
			String meterName = meter.getId().getName();
			if ((meterName.equals(name) || meterName.equals(name + ACTIVE)) && condition.test(meter)) {
				this.registry.remove(meter);
			}
		}
	}

	private static boolean hasValue(Meter meter, String topic) {
		return meter.getId().getTags().stream().anyMatch((tag) -> tag.getValue().equals(topic));
	}

	@Override
	public void close() {
		this.shares.forEach(SharedMeters.Share::close);
		this.shares.clear();
	}

}
