package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.consumer.ConsumerRuntime.HandlerThreads;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from its opening to its closing: the client, the reader's parts, the
 * handler threads. Runs on the reader thread.
 */
final class ConsumerSession implements ConsumerGauges {

	private static final Logger logger = LoggerFactory.getLogger(ConsumerSession.class);

	private final ConsumerSettings settings;

	private final KafkaConnection connection;

	private final ConsumerRuntime runtime;

	private final ConsumerTelemetry telemetry;

	private final Outcomes.Counts counts;

	private final ReaderCommands commands;

	private final Ticker ticker;

	private final Mailbox mailbox = new Mailbox();

	private final List<Thread> threads = new ArrayList<>();

	private volatile @Nullable ReaderParts parts;

	ConsumerSession(ConsumerSettings settings, KafkaConnection connection, ConsumerRuntime runtime,
			ConsumerTelemetry telemetry, Outcomes.Counts counts, ReaderCommands commands, Ticker ticker) {
		this.settings = settings;
		this.connection = connection;
		this.runtime = runtime;
		this.telemetry = telemetry;
		this.counts = counts;
		this.commands = commands;
		this.ticker = ticker;
	}

	/**
	 * Open the connection and run the start-up checks.
	 * @param code the code of the user
	 * @throws ConsumerStartException where the consumer cannot start; the client is
	 * closed then
	 */
	void open(UserCode code) {
		this.mailbox.attach();
		Consumer<byte[], byte[]> kafka = connect();
		try {
			Set<String> missing = check(kafka);
			ReaderParts parts = assemble(kafka, code);
			parts.missingTopics().addAll(missing);
			this.telemetry.opened(kafka, this);
			if (!kafka.assignment().isEmpty()) {
				// A client that the user has polled: to subscribe to the same again would
				// not make the listener hear of what it has.
				kafka.unsubscribe();
			}
			kafka.subscribe(this.settings.topics(), new Rebalancing(parts));
			this.parts = parts;
			this.threads.forEach(Thread::start);
		}
		catch (RuntimeException | Error ex) {
			ReaderParts parts = this.parts;
			if (parts != null) {
				// Sends those handlers home that have started.
				parts.queue().close();
			}
			closeQuietly(kafka);
			throw ex;
		}
	}

	private Consumer<byte[], byte[]> connect() {
		try {
			return this.connection.open();
		}
		catch (ConsumerConfigurationException | ConsumerStartException | IllegalStateException
				| InterruptException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			Throwable root = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new ConsumerStartException(this.settings.name(), ConsumerStartException.Reason.CLIENT_SETTINGS,
					"the Kafka client refused its settings: " + root.getMessage(), ex);
		}
	}

	private Set<String> check(Consumer<byte[], byte[]> kafka) {
		this.mailbox.beginPoll(kafka);
		try {
			if (this.commands.isStopping()) {
				throw new WakeupException();
			}
			return new StartupChecks(kafka, this.settings).run();
		}
		finally {
			this.mailbox.endPoll();
		}
	}

	private void closeQuietly(Consumer<byte[], byte[]> kafka) {
		try {
			this.telemetry.disconnected();
			this.connection.release(kafka, Duration.ofSeconds(1), true, true);
		}
		catch (RuntimeException ex) {
			logger.debug("Closing after a failed start", ex);
		}
	}

	private ReaderParts assemble(Consumer<byte[], byte[]> kafka, UserCode code) {
		Lease lease = new Lease(this.ticker, this.settings.sessionTimeout(), this.settings.maxPollInterval(),
				new Evidence(this.ticker, AnswerMetrics.ofHeartbeats(kafka), AnswerMetrics.ofSyncs(kafka)));
		Outcomes outcomes = new Outcomes(this.mailbox, this.counts);
		WorkQueue queue = new WorkQueue(lease, this.mailbox, this.settings.ordering(),
				KafkaConsumerWorker.queueRoom(this.settings));
		outcomes.guard(queue);
		MessageProcessor processor = new MessageProcessor(this.settings, code, this.telemetry);
		ReaderSeat seat = mayShare() ? new ReaderSeat(this.mailbox, this.ticker) : null;
		List<HandlerWorker> workers = new ArrayList<>();
		for (int i = 0; i < this.settings.maxConcurrency(); i++) {
			HandlerWorker worker = new HandlerWorker(queue, processor, outcomes, this.ticker, seat);
			workers.add(worker);
			this.threads.add(this.runtime.threads().newThread(this.settings.name() + "-handler-" + i, worker));
		}
		return new ReaderParts(this.settings, kafka, this.ticker, this.telemetry, this.mailbox, lease, outcomes,
				this.counts, queue, workers, seat);
	}

	/**
	 * Whether the handler may read for itself: where it has to wait for the reader after
	 * each message. Not a virtual thread, which other virtual threads can keep from
	 * running while it has the reader's seat.
	 */
	private boolean mayShare() {
		return this.settings.mode() == ConsumerMode.IN_ORDER && this.settings.commit() == CommitStrategy.EACH_MESSAGE
				&& this.runtime.threads() == HandlerThreads.PLATFORM;
	}

	/**
	 * Read until the consumer is to stop or has failed.
	 * @return the failure, or {@code null}
	 */
	@Nullable Failure run() {
		ReaderParts parts = parts();
		try {
			new KafkaConsumerWorker(parts, this.commands).run();
		}
		catch (RuntimeException | Error ex) {
			parts.readerFailed(ex);
		}
		return parts.outcomes().failure();
	}

	/**
	 * Finish, commit, leave the group, close.
	 * @param failed whether a failure is the reason
	 * @param again whether the consumer will begin again
	 * @param begun when the stop began, nanoseconds of the ticker
	 */
	void close(boolean failed, boolean again, long begun) {
		ReaderParts parts = parts();
		Drain drain = new Drain(parts, this.threads, begun);
		try {
			drain.run(!failed);
		}
		catch (RuntimeException | Error ex) {
			logger.error("{} could not finish cleanly", this.settings.name(), ex);
		}
		finally {
			parts.queue().close();
			this.telemetry.disconnected();
			release(parts.kafka(), drain.left(), failed, again);
		}
		join(drain);
	}

	private void release(Consumer<byte[], byte[]> kafka, Duration timeout, boolean failed, boolean again) {
		try {
			if (!failed && isStaticMember(kafka)) {
				logger.info("{} stays in its group as a static member until its session ends", this.settings.name());
			}
			this.connection.release(kafka, timeout, failed, again);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Closing the Kafka client of {} failed", this.settings.name(), ex);
		}
	}

	private boolean isStaticMember(Consumer<byte[], byte[]> kafka) {
		return kafka.groupMetadata().groupInstanceId().isPresent();
	}

	/**
	 * Handler threads end by themselves once the queue is closed; one that ignores its
	 * interrupt stays behind.
	 */
	private void join(Drain drain) {
		try {
			for (int i = 0; i < this.threads.size(); i++) {
				if (!parts().workers().get(i).isBusy()) {
					this.threads.get(i).join(drain.left().toMillis());
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Let go of everything without finishing anything.
	 */
	void abandon() {
		ReaderParts parts = this.parts;
		if (parts == null) {
			return;
		}
		parts.queue().halt();
		parts.queue().close();
		try {
			this.telemetry.disconnected();
		}
		finally {
			release(parts.kafka(), Duration.ofSeconds(1), true, false);
		}
	}

	private ReaderParts parts() {
		ReaderParts parts = this.parts;
		if (parts == null) {
			throw new IllegalStateException("The session is not open");
		}
		return parts;
	}

	/**
	 * The consumer is to stop: what waits for handlers must not wait for longer than the
	 * stop does. Any thread.
	 * @param begun when the stop began, nanoseconds of the ticker
	 */
	void stopping(long begun) {
		ReaderParts parts = this.parts;
		if (parts != null) {
			parts.handlerDeadline(Drain.handlerDeadline(this.settings, begun));
		}
	}

	/**
	 * Make the reader look for new commands. Any thread.
	 */
	void wake() {
		this.mailbox.wake();
	}

	/**
	 * The parts, once the session is open. Any thread.
	 * @return the parts, or {@code null} before
	 */
	@Nullable ReaderParts partsIfOpen() {
		return this.parts;
	}

	@Nullable Failure failureIfAny() {
		ReaderParts parts = this.parts;
		return (parts != null) ? parts.outcomes().failure() : null;
	}

	boolean isHandlerThread(Thread thread) {
		return this.parts != null && this.threads.contains(thread);
	}

	@Override
	public int queueDepth() {
		ReaderParts parts = this.parts;
		return (parts != null) ? parts.queue().depth() : 0;
	}

	@Override
	public long lag(TopicPartition partition) {
		PartitionProgress progress = progress(partition);
		return (progress != null) ? progress.lag() : PartitionProgress.UNKNOWN;
	}

	@Override
	public long lastHandledOffset(TopicPartition partition) {
		PartitionProgress progress = progress(partition);
		return (progress != null) ? progress.lastHandled() : PartitionProgress.UNKNOWN;
	}

	private @Nullable PartitionProgress progress(TopicPartition partition) {
		ReaderParts parts = this.parts;
		return (parts != null) ? parts.assignment().get(partition) : null;
	}

}
