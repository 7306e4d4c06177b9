package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import io.baseplate.kafka.KafkaClientCustomizer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a consumer's Kafka client: the defaults of baseplate.py's client, then
 * the user's raw settings, then the user's customizers. Settings that would break the
 * consumer's mode are refused by name, whoever set them.
 */
public final class KafkaClientSettings {

	/**
	 * What is taken for the session timeout with {@code group.protocol=consumer}
	 * (KIP-848): three heartbeats of the brokers' default
	 * ({@code group.consumer.heartbeat.interval.ms}, 5 s).
	 */
	static final Duration ASSUMED_SESSION_TIMEOUT = Duration.ofSeconds(15);

	private static final String CONSUMER_PROTOCOL = "consumer";

	private static final String BY_DURATION = "by_duration:";

	private static final Pattern SERVER = Pattern
		.compile("(?:[0-9a-zA-Z\\-%._]*://)?\\[?[0-9a-zA-Z\\-%._:]+]?:[0-9]{1,5}");

	private static final Map<String, AtomicInteger> clientIds = new ConcurrentHashMap<>();

	private KafkaClientSettings() {
	}

	/**
	 * Build the settings of a consumer's Kafka client. Neither connects nor resolves
	 * anything; logs a warning for settings that work and should not be used. The
	 * {@code client.id} is another one on each call, so that the result is best kept for
	 * as long as the consumer exists.
	 * @param settings what is known about the consumer
	 * @param options what the user says about the client
	 * @return the settings, complete and checked, not modifiable
	 * @throws ConsumerConfigurationException where something would break the consumer's
	 * mode, or is no value that Kafka takes, or a customizer throws
	 */
	public static Map<String, Object> build(ConsumerSettings settings, KafkaClientOptions options) {
		String name = settings.name();
		String protocol = groupProtocol(name, options.groupProtocol());
		Map<String, Object> fixed = fixed(settings, bootstrapServers(name, options.bootstrapServers()), protocol);
		Map<String, Object> result = new LinkedHashMap<>();
		result.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
		result.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
		result.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, autoOffsetReset(name, options.autoOffsetReset()));
		result.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 300_000);
		if (!protocol.equals(CONSUMER_PROTOCOL)) {
			result.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
			result.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3000);
			result.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
		}
		result.putAll(fixed);
		result.putAll(options.properties());
		KafkaClientSettingsCheck check = new KafkaClientSettingsCheck(name, fixed);
		check.check(result, null);
		result.computeIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, (key) -> clientId(settings.groupId(), result));
		for (KafkaClientCustomizer customizer : options.customizers()) {
			customize(customizer, name, result);
			check.check(result, customizer);
		}
		check.warn(result);
		return Collections.unmodifiableMap(result);
	}

	private static void customize(KafkaClientCustomizer customizer, String name, Map<String, Object> settings) {
		try {
			customizer.customize(name, settings);
		}
		catch (ConsumerConfigurationException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			ConsumerConfigurationException refusal = new ConsumerConfigurationException(name, "KafkaClientCustomizer",
					null, "the KafkaClientCustomizer " + customizer.getClass().getName() + " threw " + ex,
					"correct it, or have it leave the settings of this consumer alone");
			refusal.initCause(ex);
			throw refusal;
		}
	}

	/**
	 * Make a Kafka client.
	 * @param settings what is known about the consumer
	 * @param clientSettings what {@link #build} returned
	 * @return the client, not yet subscribed
	 * @throws ConsumerStartException where the client refuses its settings, or knows no
	 * address for any of the brokers
	 */
	public static Consumer<byte[], byte[]> open(ConsumerSettings settings, Map<String, Object> clientSettings) {
		try {
			return new KafkaConsumer<>(clientSettings);
		}
		catch (InterruptException ex) {
			throw ex;
		}
		catch (KafkaException | IllegalArgumentException ex) {
			Throwable root = ex;
			while (root.getCause() != null) {
				root = root.getCause();
			}
			String message = String.valueOf(root.getMessage());
			if (root instanceof ConfigException && message.contains(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG)) {
				throw StartupChecks.noMetadata(settings, ex);
			}
			throw new ConsumerStartException(settings.name(), ConsumerStartException.Reason.CLIENT_SETTINGS,
					"the Kafka client refused its settings: " + message, ex);
		}
	}

	/**
	 * The {@code max.poll.interval.ms} of a client.
	 * @param clientSettings the client's settings
	 * @return the interval, Kafka's default of 5 minutes where none is set
	 */
	public static Duration maxPollInterval(Map<String, Object> clientSettings) {
		return millis(clientSettings, ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
	}

	/**
	 * The session timeout that holds for a client. With {@code group.protocol=consumer}
	 * (KIP-848) it is the group's, which only the brokers know (45 s by default, and no
	 * less unless they allow it). Taken to be 15 s: too short costs no more than to wait
	 * for heartbeats to be answered after the application has stood still, and too long
	 * would let a zombie go on.
	 * @param clientSettings the client's settings
	 * @return the session timeout
	 */
	public static Duration sessionTimeout(Map<String, Object> clientSettings) {
		return isConsumerProtocol(clientSettings) ? ASSUMED_SESSION_TIMEOUT
				: millis(clientSettings, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
	}

	/**
	 * How far back a client begins with {@code auto.offset.reset=by_duration}.
	 * @param clientSettings the client's settings
	 * @return the duration, {@code null} where {@code auto.offset.reset} is another
	 */
	public static @Nullable Duration resetDuration(Map<String, Object> clientSettings) {
		String reset = value(clientSettings, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG).toString()
			.strip()
			.toLowerCase(Locale.ROOT);
		return reset.startsWith(BY_DURATION) ? Duration.parse(reset.substring(BY_DURATION.length())) : null;
	}

	static boolean isConsumerProtocol(Map<String, Object> clientSettings) {
		return CONSUMER_PROTOCOL
			.equalsIgnoreCase(String.valueOf(clientSettings.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)).strip());
	}

	private static Map<String, Object> fixed(ConsumerSettings settings, String bootstrapServers, String protocol) {
		Map<String, Object> fixed = new LinkedHashMap<>();
		fixed.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
		fixed.put(ConsumerConfig.GROUP_ID_CONFIG, settings.groupId());
		fixed.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol);
		fixed.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		fixed.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, settings.maxPollRecords());
		fixed.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		fixed.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		return Collections.unmodifiableMap(fixed);
	}

	private static String bootstrapServers(String name, String value) {
		if (value.isBlank()) {
			throw new ConsumerConfigurationException(name, "bootstrap-servers", value, "no broker is named",
					"use host:port, comma separated, such as 'localhost:9092'");
		}
		for (String server : value.split(",", -1)) {
			if (!SERVER.matcher(server.strip()).matches()) {
				throw new ConsumerConfigurationException(name, "bootstrap-servers", value,
						"'" + server.strip() + "' is not host:port",
						"use host:port, comma separated, such as 'localhost:9092'");
			}
		}
		return value;
	}

	private static String groupProtocol(String name, String value) {
		String protocol = value.strip().toLowerCase(Locale.ROOT);
		if (!Set.of(KafkaClientOptions.DEFAULT_GROUP_PROTOCOL, CONSUMER_PROTOCOL).contains(protocol)) {
			throw new ConsumerConfigurationException(name, "group-protocol", value, "there is no such group protocol",
					"use 'classic' or 'consumer'");
		}
		return protocol;
	}

	private static String autoOffsetReset(String name, String value) {
		String reset = value.strip().toLowerCase(Locale.ROOT);
		boolean valid = reset.startsWith(BY_DURATION) ? isDuration(reset.substring(BY_DURATION.length()))
				: Set.of("latest", "earliest", "none").contains(reset);
		if (!valid) {
			throw new ConsumerConfigurationException(name, "auto-offset-reset", value,
					"it is none of latest, earliest, none and by_duration:<ISO 8601 duration>",
					"use 'latest', 'earliest', 'none', or for example 'by_duration:P1D'");
		}
		return reset;
	}

	private static boolean isDuration(String value) {
		try {
			return !Duration.parse(value).isNegative();
		}
		catch (DateTimeParseException ex) {
			return false;
		}
	}

	private static String clientId(String groupId, Map<String, Object> settings) {
		Object instance = settings.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
		return groupId + "-" + ((instance != null) ? instance
				: clientIds.computeIfAbsent(groupId, (key) -> new AtomicInteger()).incrementAndGet());
	}

	private static Duration millis(Map<String, Object> settings, String name) {
		return Duration.ofMillis(((Number) value(settings, name)).longValue());
	}

	private static Object value(Map<String, Object> settings, String name) {
		if (settings.containsKey(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
			AbstractConfig resolved = new AbstractConfig(ConsumerConfig.configDef(), settings, false);
			return Objects.requireNonNull(resolved.values().get(name));
		}
		ConfigDef.ConfigKey key = Objects.requireNonNull(ConsumerConfig.configDef().configKeys().get(name));
		return Objects
			.requireNonNull(ConfigDef.parseType(name, settings.getOrDefault(name, key.defaultValue), key.type));
	}

}
