package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.baseplate.kafka.KafkaClientCustomizer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which settings of a consumer's Kafka client are refused, and which get a warning.
 * Refused is what would break the consumer's mode, what another property is there for,
 * and what Kafka itself would refuse with less to say. Every other setting of Kafka's
 * {@code ConsumerConfig} is the user's to choose.
 */
final class KafkaClientSettingsCheck {

	private static final Logger logger = LoggerFactory.getLogger(KafkaClientSettingsCheck.class);

	/**
	 * Settings that this library chooses itself, each with what to do instead of setting
	 * it.
	 */
	private static final Map<String, String> FIXED = Map.of( //
			ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "use bootstrap-servers", //
			ConsumerConfig.GROUP_ID_CONFIG, "use group-id", //
			ConsumerConfig.GROUP_PROTOCOL_CONFIG, "use group-protocol", //
			ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "use batch-size", //
			ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "remove it, and use commit to say when offsets are committed", //
			ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, "remove it: handlers get the key as bytes and as text", //
			ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
			"remove it, and use unpacker to say how a body becomes a payload");

	private static final Map<String, String> FIXED_BECAUSE = Map.of( //
			ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
			"the client would commit messages that have not been handled, so it must be false", //
			ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
			"messages are read as bytes, or one that cannot be deserialized would stop the reader for good", //
			ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
			"messages are read as bytes, or one that cannot be deserialized would stop the reader for good");

	/**
	 * Settings of members of classic groups, which KIP-848 leaves to the brokers.
	 */
	private static final Map<String, String> CLASSIC_ONLY = Map.of( //
			ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, "use properties.group.remote.assignor", //
			ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
			"set the group's consumer.heartbeat.interval.ms on the brokers", //
			ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "set the group's consumer.session.timeout.ms on the brokers");

	private static final Set<String> EAGER_ASSIGNORS = Set.of(RangeAssignor.class.getName(),
			RoundRobinAssignor.class.getName(), StickyAssignor.class.getName());

	private static final Map<String, ConfigDef.ConfigKey> KEYS = ConsumerConfig.configDef().configKeys();

	private final String name;

	private final Map<String, Object> fixed;

	private final boolean consumerProtocol;

	/**
	 * Create a check for one consumer.
	 * @param name the consumer's name
	 * @param fixed the values of the settings that the library chooses itself
	 */
	KafkaClientSettingsCheck(String name, Map<String, Object> fixed) {
		this.name = name;
		this.fixed = fixed;
		this.consumerProtocol = KafkaClientSettings.isConsumerProtocol(fixed);
	}

	/**
	 * Check settings.
	 * @param settings the complete settings
	 * @param customizer who has just edited them, or {@code null} for the properties
	 * @throws ConsumerConfigurationException where one is refused
	 */
	void check(Map<String, Object> settings, @Nullable KafkaClientCustomizer customizer) {
		Refusal refusal = new Refusal(this.name, settings, customizer);
		this.fixed.forEach((key, value) -> {
			if (!isSame(key, value, settings.get(key))) {
				throw refusal.of(key, FIXED_BECAUSE.getOrDefault(key, "it is set from a property of its own"),
						FIXED.getOrDefault(key, "remove it"));
			}
		});
		settings.forEach((key, value) -> {
			if (value != null) {
				checkBelongsHere(key, value, refusal);
				checkValue(key, value, settings, refusal);
			}
		});
		if (!this.consumerProtocol) {
			checkHeartbeat(settings, refusal);
		}
	}

	private void checkBelongsHere(String key, Object value, Refusal refusal) {
		if (key.equals(ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG)) {
			throw refusal.of(key, "the client does not commit by itself, so it would do nothing",
					"use commit-interval");
		}
		if (key.startsWith("share.")) {
			throw refusal.of(key, "it is for share groups, and this is a consumer group", "remove it");
		}
		if (this.consumerProtocol && CLASSIC_ONLY.containsKey(key)) {
			throw refusal.of(key,
					"with group-protocol 'consumer' (KIP-848) the brokers decide this, and the client must not set it",
					"remove it and " + CLASSIC_ONLY.get(key) + ", or set group-protocol to 'classic'");
		}
		if (!this.consumerProtocol && key.equals(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG)
				&& !value.toString().isBlank()) {
			throw refusal.of(key, "it is for group-protocol 'consumer' (KIP-848), and this consumer's is 'classic'",
					"use properties.partition.assignment.strategy, or set group-protocol to 'consumer'");
		}
	}

	private void checkValue(String key, Object value, Map<String, Object> settings, Refusal refusal) {
		ConfigDef.ConfigKey definition = KEYS.get(key);
		if (definition == null || isProvided(value, settings)) {
			return;
		}
		try {
			Object parsed = ConfigDef.parseType(key, value, definition.type);
			if (definition.validator != null) {
				definition.validator.ensureValid(key, parsed);
			}
		}
		catch (ConfigException ex) {
			Object example = definition.defaultValue;
			boolean hasExample = definition.hasDefault() && example != null && !example.toString().isEmpty();
			throw refusal.of(key,
					(definition.type == ConfigDef.Type.PASSWORD) ? "the Kafka client refuses it"
							: "the Kafka client refuses it: " + ex.getMessage(),
					hasExample ? "remove it, or use a value such as Kafka's default '" + example + "'" : "remove it");
		}
	}

	private void checkHeartbeat(Map<String, Object> settings, Refusal refusal) {
		Object heartbeat = settings.get(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
		Object session = settings.get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
		if (heartbeat == null || session == null || isProvided(heartbeat, settings) || isProvided(session, settings)) {
			return;
		}
		int sessionMillis = Integer.parseInt(session.toString().strip());
		if (Integer.parseInt(heartbeat.toString().strip()) >= sessionMillis) {
			throw refusal.of(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
					"it must be less than session.timeout.ms, which is " + sessionMillis,
					"use a third of the session timeout: " + Math.max(1, sessionMillis / 3));
		}
	}

	/**
	 * Warn about settings that are accepted and should not be used.
	 * @param settings the complete settings
	 */
	void warn(Map<String, Object> settings) {
		if (Boolean.TRUE.equals(parsed(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, settings))) {
			logger
				.warn("Consumer '{}': with allow.auto.create.topics=true a misspelled topic is created by looking for "
						+ "it, and cannot be reported as missing", this.name);
		}
		if (parsed(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, settings) instanceof List<?> assignors) {
			assignors.stream()
				.map((assignor) -> (assignor instanceof Class<?> type) ? type.getName() : assignor.toString())
				.filter(EAGER_ASSIGNORS::contains)
				.forEach((assignor) -> logger
					.warn("Consumer '{}': {} rebalances eagerly: every rebalance takes all partitions away from all "
							+ "members of the group; prefer CooperativeStickyAssignor", this.name, assignor));
		}
	}

	private static boolean isProvided(Object value, Map<String, Object> settings) {
		return settings.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG) && value.toString().contains("${");
	}

	private static boolean isSame(String key, Object ours, @Nullable Object value) {
		if (value == null) {
			return false;
		}
		try {
			Object expected = parse(key, ours);
			Object actual = parse(key, value);
			return expected.equals(actual) || (key.equals(ConsumerConfig.GROUP_PROTOCOL_CONFIG)
					&& expected.toString().equalsIgnoreCase(actual.toString()));
		}
		catch (ConfigException ex) {
			return false;
		}
	}

	private static @Nullable Object parsed(String key, Map<String, Object> settings) {
		Object value = settings.get(key);
		return (value != null && !isProvided(value, settings)) ? parse(key, value) : null;
	}

	private static Object parse(String key, Object value) {
		return ConfigDef.parseType(key, value, Objects.requireNonNull(KEYS.get(key)).type);
	}

	/**
	 * Makes the exceptions, which say who set the value and hide it where it is secret.
	 */
	private record Refusal(String name, Map<String, Object> settings, @Nullable KafkaClientCustomizer customizer) {

		ConsumerConfigurationException of(String key, String problem, String remedy) {
			ConfigDef.ConfigKey definition = KEYS.get(key);
			Object value = this.settings.get(key);
			boolean secret = definition != null && definition.type == ConfigDef.Type.PASSWORD;
			String shown = (value == null) ? null
					: secret ? "[hidden]" : (value instanceof Class<?> type) ? type.getName() : value.toString();
			String who = (this.customizer != null)
					? "set by the KafkaClientCustomizer " + this.customizer.getClass().getName() + ", and " : "";
			return new ConsumerConfigurationException(this.name, "properties." + key, shown, who + problem, remedy);
		}

	}

}
