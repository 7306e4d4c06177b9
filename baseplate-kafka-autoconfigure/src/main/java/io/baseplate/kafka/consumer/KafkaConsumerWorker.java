package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.Ordering;
import io.baseplate.kafka.consumer.ConsumerTelemetry.ReadScope;
import io.baseplate.kafka.consumer.OffsetCommitter.Batch;
import io.baseplate.kafka.consumer.OffsetCommitter.Result;
import io.micrometer.observation.Observation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader, named as in the seed: takes messages from Kafka and puts them on the work
 * queue, commits, and stays a member of the group while it does. Runs on the reader
 * thread, or whoever has the {@link ReaderSeat}: the only thread that touches the Kafka
 * client. Never runs code of the user.
 * <p>
 * It blocks in {@code poll} only where nothing else can ask for it; otherwise it waits in
 * its mailbox and polls in between.
 */
final class KafkaConsumerWorker implements ReaderSeat.Turns {

	private static final Logger logger = LoggerFactory.getLogger(KafkaConsumerWorker.class);

	/**
	 * The longest time that the reader does not poll while it waits in its mailbox.
	 */
	private static final long KEEP_ALIVE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/**
	 * The longest time that the reader blocks in {@code poll}.
	 */
	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/**
	 * How often the reader looks for the answer to a commit that is on its way.
	 */
	private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	/**
	 * How long the reader polls between two attempts of a commit that has to succeed.
	 */
	private static final Duration RETRY = Duration.ofMillis(20);

	private final ReaderParts parts;

	private final ReaderCommands commands;

	private final StartPositions startPositions;

	private final Housekeeping housekeeping;

	private final HeartbeatWatch heartbeats;

	private final int bound;

	private final int lowWater;

	private final int limit;

	private final long keepAliveNanos;

	private boolean full;

	private boolean listening;

	KafkaConsumerWorker(ReaderParts parts, ReaderCommands commands) {
		this.parts = parts;
		this.commands = commands;
		this.startPositions = new StartPositions(parts);
		this.housekeeping = new Housekeeping(parts);
		this.heartbeats = HeartbeatWatch.of(parts);
		this.bound = queueBound(parts.settings());
		this.limit = queueLimit(parts.settings());
		this.lowWater = Math.min(this.bound - parts.settings().maxPollRecords(), this.bound / 2);
		this.keepAliveNanos = Math.min(KEEP_ALIVE_NANOS, parts.settings().maxPollInterval().toNanos() / 10);
	}

	/**
	 * What the queue holds at most without an order: {@code n + n/2} messages for
	 * {@code n} handlers, or one batch if that is more, and then one batch that was read
	 * ahead.
	 * @param settings the consumer's settings
	 * @return the number of messages
	 */
	static int queueBound(ConsumerSettings settings) {
		int handlers = settings.maxConcurrency();
		int batch = settings.maxPollRecords();
		int capacity = handlers + handlers / 2;
		return (batch > capacity) ? 2 * batch : capacity;
	}

	/**
	 * What the queue holds at most: with an order, for each handler one batch more, so
	 * that partitions of which nothing is queued need not wait for those of which much
	 * is.
	 * @param settings the consumer's settings
	 * @return the number of messages
	 */
	static int queueLimit(ConsumerSettings settings) {
		long more = (settings.ordering() != Ordering.NONE)
				? (long) settings.maxConcurrency() * settings.maxPollRecords() : 0;
		return (int) Math.min(Integer.MAX_VALUE, queueBound(settings) + more);
	}

	/**
	 * Up to which depth of the queue another read fits in.
	 * @param settings the consumer's settings
	 * @return the number of messages
	 */
	static int queueRoom(ConsumerSettings settings) {
		return queueBound(settings) - settings.maxPollRecords();
	}

	/**
	 * Read until the consumer is to stop or has failed.
	 */
	void run() {
		ReaderSeat seat = this.parts.seat();
		if (seat != null) {
			seat.keep(this);
			return;
		}
		boolean going = true;
		while (going) {
			going = next();
		}
	}

	@Override
	public boolean next() {
		// Before anything is looked at, so that no signal is lost.
		this.parts.mailbox().clear();
		if (isOver()) {
			return false;
		}
		turn();
		return true;
	}

	@Override
	public boolean nextOfHandler() {
		// Of user code that has kept the thread, and comes too late for its message.
		Thread.interrupted();
		try {
			return next();
		}
		catch (InterruptException ex) {
			logger.debug("The handler thread of {} was interrupted while it read", this.parts.settings().name(), ex);
			return true;
		}
		catch (RuntimeException | Error ex) {
			this.parts.readerFailed(ex);
			return false;
		}
		finally {
			Thread.interrupted();
		}
	}

	@Override
	public boolean isReady() {
		return this.parts.queue().isReady();
	}

	@Override
	public boolean isOver() {
		return this.commands.isStopping() || this.parts.hasFailed();
	}

	private void turn() {
		Mailbox mailbox = this.parts.mailbox();
		this.listening = isListening();
		mailbox.listen(this.listening);
		this.parts.contact().look();
		this.housekeeping.run();
		this.heartbeats.look();
		if (!this.parts.committer().isOutstanding()) {
			this.parts.poller().keepLease();
		}
		this.parts.queue().renewed();
		boolean paused = this.commands.isPaused();
		this.parts.queue().hold(paused);
		boolean settled = this.startPositions.settle();
		if (!commit()) {
			this.parts.poller().quietly(RETRY);
		}
		else if (this.parts.seat() != null && isReady()) {
			readInPassing();
		}
		else if (paused || isFull()) {
			stayMember();
			waitForRoom(paused);
		}
		else if (!settled || isFollowing()) {
			if (read(0) == 0) {
				rest();
			}
		}
		else {
			read(untilNextCommit());
		}
	}

	/**
	 * Whether every outcome is news: not while a commit is on its way, because the next
	 * one leaves when that was answered.
	 */
	private boolean isListening() {
		return this.parts.assignment().isCapped()
				|| (this.parts.policy().followsOutcomes() && !this.parts.committer().isOutstanding());
	}

	/**
	 * Whether what handlers do next asks for an action of the reader, so that it must not
	 * block in {@code poll}.
	 */
	private boolean isFollowing() {
		return this.parts.assignment().isCapped()
				|| (this.parts.policy().followsOutcomes() && this.parts.assignment().hasUncommitted());
	}

	/**
	 * A message waits for its handler, which may be this thread: only what is due.
	 */
	private void readInPassing() {
		long age = this.parts.ticker().nanos() - this.parts.poller().begun();
		if (age >= this.keepAliveNanos) {
			if (isFull()) {
				this.parts.poller().quietly(Duration.ZERO);
			}
			else {
				read(0);
			}
		}
	}

	private void stayMember() {
		long age = this.parts.ticker().nanos() - this.parts.poller().begun();
		if (age >= (this.parts.committer().isOutstanding() ? ANSWER_NANOS : this.keepAliveNanos)) {
			this.parts.poller().quietly(Duration.ZERO);
		}
	}

	/**
	 * Whether nothing more should be read now. Once full, the queue counts as full until
	 * it is down to the low-water mark, so that the reader is not woken for each message.
	 */
	private boolean isFull() {
		int depth = this.full ? this.parts.queue().supply() : this.parts.queue().depth();
		this.full = depth > (this.full ? this.lowWater : this.bound - this.parts.settings().maxPollRecords());
		return this.full;
	}

	private void waitForRoom(boolean paused) {
		if (!paused && readForStarving() > 0) {
			return;
		}
		Mailbox mailbox = this.parts.mailbox();
		if (!paused && !this.parts.policy().isOneByOne()) {
			mailbox.listenForDepth(this.lowWater);
			if (this.parts.queue().supply() <= this.lowWater) {
				mailbox.listenForDepth(-1);
				return;
			}
		}
		rest();
		mailbox.listenForDepth(-1);
	}

	/**
	 * Wait for a signal, unless the answer to a commit came while this turn polled: what
	 * handlers did before that was not listened for.
	 */
	private void rest() {
		if (this.listening == isListening()) {
			this.parts.mailbox().await(nap());
		}
	}

	private long nap() {
		if (this.parts.committer().isOutstanding()) {
			return ANSWER_NANOS;
		}
		boolean looking = this.parts.assignment().isCapped() || (this.full && this.parts.queue().isStarving());
		return looking ? ANSWER_NANOS * 5 : this.keepAliveNanos;
	}

	private long untilNextCommit() {
		if (this.parts.assignment().touched().isEmpty()) {
			return POLL_NANOS;
		}
		long left = this.parts.policy().intervalNanos() - this.parts.committer().sinceLastSent();
		return Math.max(TimeUnit.MILLISECONDS.toNanos(1), Math.min(POLL_NANOS, left));
	}

	private int read(long nanos) {
		return read(nanos, this.parts.assignment().unreadable());
	}

	/**
	 * Handlers wait although the queue is full, because of what is in it one message
	 * waits for another: read of the partitions of which nothing is in it.
	 */
	private int readForStarving() {
		WorkQueue queue = this.parts.queue();
		if (!queue.isStarving() || queue.depth() + this.parts.settings().maxPollRecords() > this.limit) {
			return 0;
		}
		Set<TopicPartition> pending = this.parts.assignment().pending();
		boolean all = pending.containsAll(this.parts.assignment().owned().keySet());
		return all ? 0 : read(0, pending);
	}

	private int read(long nanos, Set<TopicPartition> except) {
		ReadScope scope = this.parts.telemetry().readStarted();
		try {
			ConsumerRecords<byte[], byte[]> records = this.parts.poller().read(except, Duration.ofNanos(nanos));
			scope.read(records.count());
			take(records);
			return records.count();
		}
		finally {
			scope.end();
		}
	}

	private void take(ConsumerRecords<byte[], byte[]> records) {
		Map<TopicPartition, OffsetAndMetadata> positions = records.nextOffsets();
		for (TopicPartition partition : records.partitions()) {
			List<ConsumerRecord<byte[], byte[]>> messages = records.records(partition);
			OffsetAndMetadata next = positions.get(partition);
			if (next == null) {
				// A ConsumerInterceptor has made the records anew, without the positions.
				ConsumerRecord<byte[], byte[]> last = messages.get(messages.size() - 1);
				next = new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), "");
			}
			take(partition, messages, next);
		}
		positions.forEach((partition, next) -> {
			if (records.records(partition).isEmpty()) {
				take(partition, List.of(), next);
			}
		});
	}

	private void take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, OffsetAndMetadata next) {
		PartitionProgress progress = this.parts.assignment().get(partition);
		if (progress == null) {
			logger.warn("{} messages of {} were read while it was not assigned", records.size(), partition);
			return;
		}
		long first = records.isEmpty() ? next.offset() : records.get(0).offset();
		if (!progress.isContinuedBy(first)) {
			progress = this.parts.positions().goBack(progress, first);
		}
		if (records.isEmpty()) {
			if (next.offset() == progress.position()) {
				// Nothing there, and nothing passed over: nothing to look at.
				return;
			}
			progress.skipTo(next.offset(), next.leaderEpoch());
		}
		else {
			this.parts.counts().read.add(records.size());
			this.parts.queue()
				.add(progress.append(records, next.offset(), next.leaderEpoch()), !this.parts.policy().isOneByOne());
		}
		this.parts.assignment().touch(progress);
	}

	/**
	 * Commit what is due, and hand over the next message where that waits for it.
	 * @return {@code false} where a poll is needed before anything else
	 */
	private boolean commit() {
		OffsetCommitter committer = this.parts.committer();
		Exception refusal = committer.refusal();
		if (refusal != null) {
			this.parts.outcomes().fail(new Failure("Commit refused: " + refusal, null, -1, refusal));
			return false;
		}
		if (this.parts.policy().isOneByOne()) {
			return commitOneByOne(committer);
		}
		if (!committer.isOutstanding() && !committer.isBackingOff() && !this.parts.assignment().touched().isEmpty()) {
			boolean interval = committer.sinceLastSent() >= this.parts.policy().intervalNanos();
			if (interval || isPressing()) {
				return commitAsync(committer);
			}
		}
		return true;
	}

	private boolean commitOneByOne(OffsetCommitter committer) {
		if (!this.parts.queue().isHandFree()) {
			return true;
		}
		if (!this.parts.assignment().touched().isEmpty()) {
			if (!this.parts.poller().beforeCommit()) {
				return false;
			}
			Batch batch = committer.collect(this.parts.assignment().touched(), false);
			if (batch.hasMessages()) {
				if (!commitMessage(committer, batch)) {
					return false;
				}
			}
			else if (!batch.isEmpty() && !committer.isOutstanding() && !committer.isBackingOff()
					&& this.parts.queue().depth() == 0) {
				committer.commitAsync(batch);
			}
		}
		if (!this.commands.isPaused()) {
			this.parts.queue().releaseOne();
		}
		return true;
	}

	private boolean commitMessage(OffsetCommitter committer, Batch batch) {
		if (committer.isBackingOff()) {
			return false;
		}
		Observation message = this.parts.workers().get(0).observation();
		ConsumerTelemetry.Scope scope = this.parts.telemetry()
			.messageCommitStarted((message != null) ? message : Observation.NOOP);
		Result result = committer.commitSync(batch, OffsetCommitter.ATTEMPT);
		scope.end((result != Result.DONE) ? new IllegalStateException("Commit: " + result) : null);
		return result == Result.DONE;
	}

	private boolean isPressing() {
		for (PartitionProgress progress : this.parts.assignment().touched()) {
			if (this.parts.assignment().isPressing(progress)) {
				return true;
			}
		}
		return false;
	}

	private boolean commitAsync(OffsetCommitter committer) {
		if (!this.parts.poller().beforeCommit()) {
			return false;
		}
		Batch batch = committer.collect(this.parts.assignment().touched(), this.parts.commitsWhatWasRead());
		if (batch.isEmpty()) {
			committer.skip();
		}
		else {
			committer.commitAsync(batch);
		}
		return true;
	}

}
