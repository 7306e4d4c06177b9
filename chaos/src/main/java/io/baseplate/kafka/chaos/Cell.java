package io.baseplate.kafka.chaos;

import java.util.Locale;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;

/**
 * What every row of the fault matrix is run for: each commit strategy under each group
 * protocol. A cell is one consumer group, with one handler in every application process.
 * Journals store the {@link #code()}.
 */
public enum Cell {

	/** Each message, classic protocol. */
	EACH_MESSAGE_CLASSIC(0, CommitStrategy.EACH_MESSAGE, "classic"),

	/** Each message, consumer protocol. */
	EACH_MESSAGE_CONSUMER(1, CommitStrategy.EACH_MESSAGE, "consumer"),

	/** Continuous, classic protocol. */
	CONTINUOUS_CLASSIC(2, CommitStrategy.CONTINUOUS, "classic"),

	/** Continuous, consumer protocol. */
	CONTINUOUS_CONSUMER(3, CommitStrategy.CONTINUOUS, "consumer"),

	/** Interval, classic protocol. */
	INTERVAL_CLASSIC(4, CommitStrategy.INTERVAL, "classic"),

	/** Interval, consumer protocol. */
	INTERVAL_CONSUMER(5, CommitStrategy.INTERVAL, "consumer"),

	/** Processed, classic protocol. */
	PROCESSED_CLASSIC(6, CommitStrategy.PROCESSED, "classic"),

	/** Processed, consumer protocol. */
	PROCESSED_CONSUMER(7, CommitStrategy.PROCESSED, "consumer"),

	/** Read, classic protocol. */
	READ_CLASSIC(8, CommitStrategy.READ, "classic"),

	/** Read, consumer protocol. */
	READ_CONSUMER(9, CommitStrategy.READ, "consumer");

	private final int code;

	private final CommitStrategy commit;

	private final String protocol;

	Cell(int code, CommitStrategy commit, String protocol) {
		this.code = code;
		this.commit = commit;
		this.protocol = protocol;
	}

	/**
	 * What journals store.
	 * @return a number from 0
	 */
	public int code() {
		return this.code;
	}

	/**
	 * The commit strategy.
	 * @return the strategy
	 */
	public CommitStrategy commit() {
		return this.commit;
	}

	/**
	 * The group protocol.
	 * @return the client's {@code group.protocol}: {@code classic} or {@code consumer}
	 */
	public String protocol() {
		return this.protocol;
	}

	/**
	 * The mode.
	 * @return the mode that the commit strategy belongs to
	 */
	public ConsumerMode mode() {
		return this.commit.mode();
	}

	/**
	 * The {@code {group_name}} of the handler.
	 * @return the constant's name in lower case
	 */
	public String groupName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The consumer group.
	 * @param serviceName the {@code {service_name}} of the run
	 * @return {@code {service_name}.{group_name}}
	 */
	public String groupId(String serviceName) {
		return serviceName + "." + groupName();
	}

}
