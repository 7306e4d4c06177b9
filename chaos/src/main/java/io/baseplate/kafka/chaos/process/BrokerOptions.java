package io.baseplate.kafka.chaos.process;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a row may want of its brokers. Immutable.
 */
public final class BrokerOptions {

	/**
	 * So that a dead member is noticed soon, and not one that had to wait for a CPU.
	 */
	static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

	/**
	 * A session timeout of members with {@code group.protocol=consumer} that is no
	 * shorter than these take it to be (15 s): for rows in which members are cut off from
	 * their coordinator and must not go on for longer than it keeps them.
	 */
	public static final Duration LONG_SESSION = Duration.ofSeconds(18);

	private static final BrokerOptions defaults = new BrokerOptions(
			Map.of("group.consumer.session.timeout.ms", Long.toString(SESSION_TIMEOUT.toMillis()),
					"group.consumer.heartbeat.interval.ms", "500", "offsets.topic.num.partitions", "3"));

	private final Map<String, String> properties;

	private BrokerOptions(Map<String, String> properties) {
		this.properties = Map.copyOf(properties);
	}

	/**
	 * Session timeout 6 s and heartbeats every 0.5 s where the brokers decide
	 * ({@code group.protocol=consumer}), three partitions of the offsets topic.
	 * @return the defaults
	 */
	public static BrokerOptions defaults() {
		return defaults;
	}

	/**
	 * These options and one more server property.
	 * @param name the name
	 * @param value the value
	 * @return the options
	 */
	public BrokerOptions property(String name, String value) {
		Map<String, String> all = new LinkedHashMap<>(this.properties);
		all.put(name, value);
		return new BrokerOptions(all);
	}

	/**
	 * The session timeout of members with {@code group.protocol=consumer}. That of
	 * {@code classic} members is theirs to choose.
	 * @param timeout the timeout
	 * @return the options
	 */
	public BrokerOptions sessionTimeout(Duration timeout) {
		return property("group.consumer.session.timeout.ms", Long.toString(timeout.toMillis()));
	}

	/**
	 * How long the controllers wait for a broker's heartbeat, 9 s where nothing is said,
	 * as by default. Until then a killed broker leads its partitions, and it is not taken
	 * back when it is started again.
	 * @param timeout the timeout
	 * @return the options
	 */
	public BrokerOptions brokerTimeout(Duration timeout) {
		return property("broker.session.timeout.ms", Long.toString(timeout.toMillis()))
			.property("broker.heartbeat.interval.ms", Long.toString(timeout.toMillis() / 5));
	}

	Map<String, String> properties() {
		return this.properties;
	}

	List<String> jvm() {
		return List.of("-Xmx384m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
				"-Dlogback.configurationFile=broker-logback.xml");
	}

}
