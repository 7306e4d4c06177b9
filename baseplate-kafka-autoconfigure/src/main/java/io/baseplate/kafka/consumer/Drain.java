package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.consumer.OffsetCommitter.Batch;
import io.baseplate.kafka.consumer.OffsetCommitter.Result;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a connection, within the stop timeout: nothing new is read, what is in
 * flight finishes, a fast consumer also finishes what is queued, and the last commit is
 * tried until it succeeds. Reader thread.
 */
final class Drain {

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private static final long RESERVE_NANOS = TimeUnit.SECONDS.toNanos(3);

	private static final long KEEP_ALIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private final ReaderParts parts;

	private final List<Thread> threads;

	private final long deadline;

	private final long reserve;

	private boolean pollable = true;

	/**
	 * Create a new instance.
	 * @param parts the parts
	 * @param threads the threads of the workers, in their order
	 * @param begun when the stop began, nanoseconds of the ticker
	 */
	Drain(ReaderParts parts, List<Thread> threads, long begun) {
		this.parts = parts;
		this.threads = threads;
		this.deadline = begun + parts.settings().stopTimeout().toNanos();
		this.reserve = reserve(parts.settings());
		parts.handlerDeadline(handlerDeadline(parts.settings(), begun));
	}

	/**
	 * Until when handlers may go on.
	 * @param settings the consumer's settings
	 * @param begun when the stop began, nanoseconds of the ticker
	 * @return the deadline
	 */
	static long handlerDeadline(ConsumerSettings settings, long begun) {
		return begun + settings.stopTimeout().toNanos() - reserve(settings);
	}

	/**
	 * What is kept of the stop timeout for interrupted handlers, the commit and the
	 * leave.
	 * @param settings the consumer's settings
	 * @return nanoseconds
	 */
	static long reserve(ConsumerSettings settings) {
		return Math.min(RESERVE_NANOS, settings.stopTimeout().toNanos() / 3);
	}

	/**
	 * Time that is left, at least a little.
	 * @return the time
	 */
	Duration left() {
		return Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(100), nanosUntil(this.deadline)));
	}

	/**
	 * Finish, and commit.
	 * @param clean whether the consumer stops on purpose; after a failure nothing more is
	 * handed over
	 */
	void run(boolean clean) {
		boolean finishQueue = clean && this.parts.settings().mode() == ConsumerMode.FAST;
		if (finishQueue) {
			this.parts.queue().hold(false);
		}
		else {
			seal();
		}
		this.parts.mailbox().listen(true);
		await(this.deadline - this.reserve);
		seal();
		if (!this.parts.isIdle()) {
			this.parts.leavesMessages();
			interrupt();
			await(this.deadline - this.reserve * 2 / 3);
		}
		abandon();
		this.parts.positions().followForward(this.parts.assignment().owned().values());
		commit();
		report();
	}

	/**
	 * Wait until the queue is empty and all handlers are idle.
	 */
	private void await(long until) {
		Mailbox mailbox = this.parts.mailbox();
		while (true) {
			mailbox.clear();
			if (this.parts.hasFailed()) {
				seal();
			}
			if (this.parts.queue().depth() == 0 && this.parts.isIdle()) {
				return;
			}
			long left = nanosUntil(until);
			if (left <= 0) {
				return;
			}
			long sincePoll = this.parts.ticker().nanos() - this.parts.poller().begun();
			if (sincePoll >= KEEP_ALIVE_NANOS) {
				poll();
				sincePoll = 0;
			}
			mailbox.await(Math.min(left, KEEP_ALIVE_NANOS - sincePoll));
		}
	}

	private void seal() {
		int sealed = this.parts.queue().sealAll((batch) -> this.parts.leavesMessages());
		int waiting = this.parts.assignment().seal(this.parts.queue());
		if (waiting > 0) {
			this.parts.leavesMessages();
		}
		this.parts.counts().uncommitted.add(sealed);
		this.parts.counts().uncommitted.add(waiting);
	}

	private void interrupt() {
		List<HandlerWorker> workers = this.parts.workers();
		for (int i = 0; i < workers.size(); i++) {
			HandlerWorker worker = workers.get(i);
			if (worker.isBusy()) {
				worker.interrupting();
				this.threads.get(i).interrupt();
			}
		}
	}

	private void abandon() {
		int abandoned = this.parts.assignment().abandonInFlight();
		this.parts.counts().uncommitted.add(abandoned);
		for (int i = 0; i < this.parts.workers().size(); i++) {
			HandlerWorker worker = this.parts.workers().get(i);
			ConsumerRecord<byte[], byte[]> message = worker.current();
			if (worker.isBusy() && message != null) {
				logger.warn(
						"Handler thread {} did not end in time and stays behind with {}/{} offset {}: whatever "
								+ "comes of it does not count",
						this.threads.get(i).getName(), message.topic(), message.partition(), message.offset());
			}
		}
	}

	private void commit() {
		OffsetCommitter committer = this.parts.committer();
		while (true) {
			boolean allowed = this.pollable ? beforeCommit() : this.parts.lease().isValid();
			Batch batch = committer.collect(this.parts.assignment().owned().values(), this.parts.commitsWhatWasRead());
			Duration attempt = Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(50),
					Math.min(OffsetCommitter.ATTEMPT.toNanos(), nanosUntil(this.deadline))));
			// What is on its way may be more than what may be committed now.
			boolean unanswered = batch.isEmpty() && committer.isOutstanding() && this.pollable;
			// Only polls renew the lease.
			Result result = (!unanswered && (allowed || batch.isEmpty())) ? committer.commitSync(batch, attempt)
					: this.pollable ? Result.AGAIN : Result.REFUSED;
			if (result == Result.DONE) {
				return;
			}
			if (result == Result.REFUSED || nanosUntil(this.deadline - this.reserve / 3) <= 0) {
				logger.warn("{} could not commit {} before it stopped ({}): what was handled beyond the last commit "
						+ "will be handled again", this.parts.settings().name(), batch.offsets(), result);
				return;
			}
			if (result != Result.WOKEN) {
				this.parts.topics().lookAfterFailure();
				poll();
				this.parts.mailbox().clear();
				this.parts.mailbox().await(RETRY_NANOS);
			}
		}
	}

	private boolean beforeCommit() {
		try {
			return this.parts.poller().beforeCommit();
		}
		catch (RuntimeException ex) {
			unpollable(ex);
			return this.parts.lease().isValid();
		}
	}

	private void poll() {
		if (this.pollable) {
			try {
				this.parts.poller().quietly(Duration.ZERO);
				this.parts.poller().keepLease();
				this.parts.queue().renewed();
			}
			catch (RuntimeException ex) {
				unpollable(ex);
			}
		}
	}

	/**
	 * The failure that stops the consumer may be that it cannot poll.
	 */
	private void unpollable(RuntimeException ex) {
		this.pollable = false;
		logger.warn("{} stops without polling any more: {}", this.parts.settings().name(), ex.toString());
	}

	private void report() {
		if (this.parts.policy().commitsWhatWasRead()) {
			List<String> ranges = new ArrayList<>();
			int unhandled = this.parts.assignment().unhandled(ranges);
			if (unhandled > 0) {
				logger.warn(
						"{} stops with {} messages that were read and not handled: those below the committed "
								+ "offset are lost: {}",
						this.parts.settings().name(), unhandled, String.join(", ", ranges));
			}
		}
		String repeated = this.parts.assignment()
			.owned()
			.values()
			.stream()
			.filter(this.parts.assignment()::isCommittable)
			.filter((progress) -> progress.committed() >= 0 && progress.lastHandled() >= progress.committed())
			.map((progress) -> progress.topicPartition().topic() + "/" + progress.topicPartition().partition() + " "
					+ progress.committed() + ".." + progress.lastHandled())
			.collect(Collectors.joining(", "));
		if (!repeated.isEmpty()) {
			logger.warn("{} stops with messages that were handled and could not be committed, which will be handled "
					+ "again; they are among {}", this.parts.settings().name(), repeated);
		}
	}

	private long nanosUntil(long moment) {
		return moment - this.parts.ticker().nanos();
	}

}
