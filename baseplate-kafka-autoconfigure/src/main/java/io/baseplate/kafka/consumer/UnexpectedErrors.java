package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Answers that the Kafka client did not expect, and turns into a plain
 * {@link KafkaException} whatever they are: "Unexpected error from SyncGroup: ...". Most
 * come from a coordinator that is loading or moving and go away again, so that they are
 * borne for a while; one that does not go away is a failure. Reader thread.
 */
final class UnexpectedErrors {

	/**
	 * How long such errors may keep coming.
	 */
	static final Duration PATIENCE = Duration.ofMinutes(1);

	/**
	 * After so long without one, the next is the first again.
	 */
	private static final Duration QUIET = Duration.ofSeconds(15);

	private static final String BEGINNING = "Unexpected error ";

	/**
	 * What no waiting mends. Where the client expects these, it throws an exception of
	 * their own.
	 */
	private static final Set<Errors> FINAL = EnumSet.of(Errors.FENCED_INSTANCE_ID, Errors.INVALID_GROUP_ID,
			Errors.INCONSISTENT_GROUP_PROTOCOL, Errors.INVALID_SESSION_TIMEOUT, Errors.UNSUPPORTED_VERSION,
			Errors.GROUP_AUTHORIZATION_FAILED, Errors.TOPIC_AUTHORIZATION_FAILED, Errors.CLUSTER_AUTHORIZATION_FAILED,
			Errors.SASL_AUTHENTICATION_FAILED);

	private final Ticker ticker;

	private boolean coming;

	private long first;

	private long last;

	UnexpectedErrors(Ticker ticker) {
		this.ticker = ticker;
	}

	/**
	 * Something was thrown, or a commit has failed.
	 * @param ex the exception
	 * @return whether it is such an error, and may still go away
	 */
	boolean isPassing(Exception ex) {
		if (!isUnexpected(ex)) {
			return false;
		}
		long now = this.ticker.nanos();
		if (!this.coming || now - this.last > QUIET.toNanos()) {
			this.coming = true;
			this.first = now;
		}
		this.last = now;
		return now - this.first < PATIENCE.toNanos();
	}

	/**
	 * What failed has succeeded.
	 */
	void gone() {
		this.coming = false;
	}

	static boolean isUnexpected(Exception ex) {
		String message = ex.getMessage();
		if (ex.getClass() != KafkaException.class || message == null || !message.startsWith(BEGINNING)) {
			return false;
		}
		return FINAL.stream().noneMatch((error) -> message.endsWith(error.message()));
	}

}
