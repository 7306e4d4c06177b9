package io.baseplate.kafka.consumer;

import java.util.List;
import java.util.Set;

import io.baseplate.kafka.ConsumerStatus.Failure;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that work together while one connection lasts. Built by
 * {@link ConsumerSession}; nothing here decides anything.
 */
final class ReaderParts {

	private static final Logger logger = LoggerFactory.getLogger(ReaderParts.class);

	private final ConsumerSettings settings;

	private final Consumer<byte[], byte[]> kafka;

	private final Ticker ticker;

	private final ConsumerTelemetry telemetry;

	private final Mailbox mailbox;

	private final Lease lease;

	private final Outcomes outcomes;

	private final Outcomes.Counts counts;

	private final WorkQueue queue;

	private final List<HandlerWorker> workers;

	private final CommitPolicy policy;

	private final Assignment assignment;

	private final Poller poller;

	private final OffsetCommitter committer;

	private final BrokerContact contact;

	private final TopicWatch topics;

	private final ClientPositions positions;

	private final @Nullable ReaderSeat seat;

	private volatile @Nullable Long handlerDeadline;

	private boolean leavesMessages;

	ReaderParts(ConsumerSettings settings, Consumer<byte[], byte[]> kafka, Ticker ticker, ConsumerTelemetry telemetry,
			Mailbox mailbox, Lease lease, Outcomes outcomes, Outcomes.Counts counts, WorkQueue queue,
			List<HandlerWorker> workers) {
		this(settings, kafka, ticker, telemetry, mailbox, lease, outcomes, counts, queue, workers, null);
	}

	ReaderParts(ConsumerSettings settings, Consumer<byte[], byte[]> kafka, Ticker ticker, ConsumerTelemetry telemetry,
			Mailbox mailbox, Lease lease, Outcomes outcomes, Outcomes.Counts counts, WorkQueue queue,
			List<HandlerWorker> workers, @Nullable ReaderSeat seat) {
		this.seat = seat;
		this.settings = settings;
		this.kafka = kafka;
		this.ticker = ticker;
		this.telemetry = telemetry;
		this.mailbox = mailbox;
		this.lease = lease;
		this.outcomes = outcomes;
		this.counts = counts;
		this.queue = queue;
		this.workers = List.copyOf(workers);
		this.policy = CommitPolicy.of(settings.commit(), settings.commitInterval());
		this.assignment = new Assignment(settings.maxUncommitted(), settings.maxPollRecords(), settings.ordering());
		this.poller = new Poller(settings, kafka, mailbox, lease, this.assignment, ticker);
		this.topics = new TopicWatch(settings, kafka, this.assignment, queue, counts, ticker);
		this.committer = new OffsetCommitter(settings, kafka, this.assignment, this.topics, lease, telemetry, ticker);
		this.contact = new BrokerContact(kafka, ticker);
		this.positions = new ClientPositions(this);
	}

	ConsumerSettings settings() {
		return this.settings;
	}

	Consumer<byte[], byte[]> kafka() {
		return this.kafka;
	}

	Ticker ticker() {
		return this.ticker;
	}

	ConsumerTelemetry telemetry() {
		return this.telemetry;
	}

	Mailbox mailbox() {
		return this.mailbox;
	}

	Lease lease() {
		return this.lease;
	}

	Outcomes outcomes() {
		return this.outcomes;
	}

	Outcomes.Counts counts() {
		return this.counts;
	}

	WorkQueue queue() {
		return this.queue;
	}

	List<HandlerWorker> workers() {
		return this.workers;
	}

	CommitPolicy policy() {
		return this.policy;
	}

	Assignment assignment() {
		return this.assignment;
	}

	Poller poller() {
		return this.poller;
	}

	OffsetCommitter committer() {
		return this.committer;
	}

	BrokerContact contact() {
		return this.contact;
	}

	TopicWatch topics() {
		return this.topics;
	}

	ClientPositions positions() {
		return this.positions;
	}

	/**
	 * Subscribed topics that do not exist (any more). The reader changes it.
	 * @return the topics
	 */
	Set<String> missingTopics() {
		return this.topics.missing();
	}

	/**
	 * Where the handler may read for itself.
	 * @return the seat, or {@code null} where only the reader reads
	 */
	@Nullable ReaderSeat seat() {
		return this.seat;
	}

	/**
	 * Reading has failed. Whoever reads.
	 * @param ex what was thrown
	 */
	void readerFailed(Throwable ex) {
		this.outcomes.fail(new Failure("The reader failed: " + ex, null, -1, ex));
		logger.error("The reader of {} failed", this.settings.name(), ex);
	}

	boolean hasFailed() {
		return this.outcomes.failure() != null;
	}

	/**
	 * The stop leaves messages that were read and not handled. Reader thread.
	 */
	void leavesMessages() {
		this.leavesMessages = true;
	}

	/**
	 * Whether reading a message is enough to commit it: under {@code read}, as long as
	 * every message that was read is going to be handled. Reader thread.
	 * @return {@code false} where only what was handled may be committed
	 */
	boolean commitsWhatWasRead() {
		return this.policy.commitsWhatWasRead() && !hasFailed() && !this.leavesMessages;
	}

	/**
	 * Until when handlers may go on while the consumer stops; nanoseconds of the ticker,
	 * {@code null} while it does not stop. Any thread.
	 * @return the deadline
	 */
	@Nullable Long handlerDeadline() {
		return this.handlerDeadline;
	}

	/**
	 * The consumer stops. The first deadline counts, unless a later one is sooner.
	 * @param handlerDeadline until when handlers may go on
	 */
	synchronized void handlerDeadline(long handlerDeadline) {
		Long deadline = this.handlerDeadline;
		if (deadline == null || handlerDeadline - deadline < 0) {
			this.handlerDeadline = handlerDeadline;
		}
	}

	boolean isIdle() {
		for (HandlerWorker worker : this.workers) {
			if (worker.isBusy()) {
				return false;
			}
		}
		return true;
	}

}
