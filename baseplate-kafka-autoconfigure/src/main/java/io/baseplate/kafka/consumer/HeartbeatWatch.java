package io.baseplate.kafka.consumer;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.baseplate.kafka.consumer.ClientFailures.SilentClientException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Notices a client that sends no heartbeats any more, for whatever reason, while the
 * coordinator answers other questions: under KIP-848 heartbeats are due all the time, and
 * the client's own thread sends them. Nothing that the reader does would bring such a
 * client back. Reader thread.
 */
final class HeartbeatWatch {

	private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(20);

	private static final long QUESTION_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final Ticker ticker;

	private final long session;

	private final Answers heartbeats;

	private final BooleanSupplier question;

	private final boolean due;

	private long seen = -1;

	private long last;

	private long asked;

	/**
	 * Since when the coordinator has answered every question, without a heartbeat.
	 */
	private @Nullable Long answering;

	/**
	 * Create a new instance.
	 * @param ticker the time
	 * @param session the session timeout, in nanoseconds
	 * @param heartbeats answers to heartbeats
	 * @param syncs what only the classic protocol has, where heartbeats rest while the
	 * member waits for a rebalance
	 * @param question asks the coordinator something and says whether it has answered
	 */
	HeartbeatWatch(Ticker ticker, long session, Answers heartbeats, Answers syncs, BooleanSupplier question) {
		this.ticker = ticker;
		this.session = session;
		this.heartbeats = heartbeats;
		this.due = syncs.count() == Answers.UNKNOWN && heartbeats.count() != Answers.UNKNOWN;
		this.question = question;
		this.last = ticker.nanos();
		this.asked = this.last;
	}

	static HeartbeatWatch of(ReaderParts parts) {
		TopicPartition any = new TopicPartition(parts.settings().topics().iterator().next(), 0);
		return new HeartbeatWatch(parts.ticker(), parts.settings().sessionTimeout().toNanos(),
				AnswerMetrics.ofHeartbeats(parts.kafka()), AnswerMetrics.ofSyncs(parts.kafka()),
				() -> parts.poller().isAnswered(any));
	}

	/**
	 * Look now and then.
	 * @throws SilentClientException where the client sends no heartbeats
	 */
	void look() {
		long now = this.ticker.nanos();
		if (!this.due || now - this.asked < QUESTION_NANOS) {
			return;
		}
		this.asked = now;
		long count = this.heartbeats.count();
		if (count != this.seen) {
			this.seen = count;
			this.last = now;
			this.answering = null;
		}
		else if (now - this.last > QUIET_NANOS) {
			ask(now);
		}
	}

	private void ask(long now) {
		if (!this.question.getAsBoolean()) {
			this.answering = null;
			return;
		}
		Long since = this.answering;
		if (since == null) {
			this.answering = now;
		}
		else if (now - since > this.session) {
			throw new SilentClientException("no heartbeat of the Kafka client was answered for "
					+ TimeUnit.NANOSECONDS.toSeconds(now - this.last) + " s, although its group's coordinator answers");
		}
	}

}
