package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls: for messages, or quietly, with everything paused, to stay a member of the group
 * and to let rebalances and commits go on. Knows what is paused, survives what polling
 * can throw and heals by itself, and renews the lease. Reader thread.
 */
final class Poller {

	private static final Logger logger = LoggerFactory.getLogger(Poller.class);

	private static final long BACK_OFF_NANOS = Duration.ofMillis(100).toNanos();

	/**
	 * How long a round trip to the coordinator may take, and how often one is tried.
	 */
	private static final Duration ROUND_TRIP = Duration.ofMillis(500);

	private static final long ROUND_TRIP_NANOS = Duration.ofSeconds(1).toNanos();

	private final ConsumerSettings settings;

	private final Consumer<byte[], byte[]> kafka;

	private final Mailbox mailbox;

	private final Lease lease;

	private final Assignment assignment;

	private final Ticker ticker;

	private final UnexpectedErrors unexpected;

	private final Set<TopicPartition> paused = new HashSet<>();

	private boolean quiet;

	/**
	 * A wakeup came too late for the poll that it was meant for: the next call of the
	 * client will throw.
	 */
	private boolean wakeupPending;

	private long begun;

	/**
	 * The lease has run out, and it was said.
	 */
	private boolean unheard;

	private @Nullable Long roundTripBegun;

	private long roundTripTried;

	Poller(ConsumerSettings settings, Consumer<byte[], byte[]> kafka, Mailbox mailbox, Lease lease,
			Assignment assignment, Ticker ticker) {
		this.settings = settings;
		this.kafka = kafka;
		this.mailbox = mailbox;
		this.lease = lease;
		this.assignment = assignment;
		this.ticker = ticker;
		this.unexpected = new UnexpectedErrors(ticker);
		this.begun = ticker.nanos();
		this.roundTripTried = this.begun;
	}

	/**
	 * Poll for messages.
	 * @param except partitions of which nothing may be read
	 * @param timeout how long to wait for messages
	 * @return the messages, perhaps none
	 */
	ConsumerRecords<byte[], byte[]> read(Set<TopicPartition> except, Duration timeout) {
		this.quiet = false;
		if (!this.paused.equals(except)) {
			Set<TopicPartition> assigned = this.kafka.assignment();
			change(minus(this.paused, except, assigned), false);
			change(minus(except, this.paused, assigned), true);
		}
		return poll(timeout);
	}

	/**
	 * Poll with everything paused.
	 * @param timeout how long to wait
	 */
	void quietly(Duration timeout) {
		if (!this.quiet) {
			this.quiet = true;
			Set<TopicPartition> assigned = this.kafka.assignment();
			change(minus(assigned, this.paused, assigned), true);
		}
		ConsumerRecords<byte[], byte[]> records = poll(timeout);
		if (!records.isEmpty()) {
			throw new IllegalStateException("Messages were returned of paused partitions " + records.partitions());
		}
	}

	private void change(Set<TopicPartition> partitions, boolean pause) {
		if (partitions.isEmpty()) {
			return;
		}
		try {
			apply(partitions, pause);
		}
		catch (IllegalStateException ex) {
			requireUnassigned(ex);
			for (TopicPartition partition : partitions) {
				applyIfAssigned(partition, pause);
			}
		}
	}

	private void apply(Set<TopicPartition> partitions, boolean pause) {
		if (pause) {
			uninterrupted(() -> this.kafka.pause(partitions));
			this.paused.addAll(partitions);
		}
		else {
			uninterrupted(() -> this.kafka.resume(partitions));
			this.paused.removeAll(partitions);
		}
	}

	/**
	 * Under KIP-848 such a call waits for the client's own thread. It is made again where
	 * somebody interrupts the wait, user code that has kept a handler thread, say: what
	 * is noted here must be what the client does.
	 */
	private static void uninterrupted(Runnable call) {
		while (true) {
			try {
				call.run();
				return;
			}
			catch (InterruptException ex) {
				Thread.interrupted();
			}
		}
	}

	/**
	 * Under KIP-848 the client's own thread takes partitions away, also between two calls
	 * of the reader.
	 */
	private void applyIfAssigned(TopicPartition partition, boolean pause) {
		try {
			apply(Set.of(partition), pause);
		}
		catch (IllegalStateException ex) {
			requireUnassigned(ex);
			this.paused.remove(partition);
		}
	}

	private static void requireUnassigned(IllegalStateException ex) {
		if (!isUnassigned(ex)) {
			throw ex;
		}
	}

	private static Set<TopicPartition> minus(Set<TopicPartition> from, Set<TopicPartition> without,
			Set<TopicPartition> among) {
		Set<TopicPartition> result = new HashSet<>(from);
		result.removeAll(without);
		result.retainAll(among);
		return result;
	}

	/**
	 * A rebalance has come to its end. Called in the rebalance callback, with or without
	 * new partitions.
	 */
	void joined() {
		this.unexpected.gone();
	}

	/**
	 * Partitions were assigned: they arrive unpaused, perhaps with messages in the same
	 * poll. Called in the rebalance callback.
	 * @param partitions the partitions that came
	 */
	void assigned(Collection<TopicPartition> partitions) {
		change(new HashSet<>(partitions), true);
	}

	/**
	 * Partitions went. Called in the rebalance callback.
	 * @param partitions the partitions
	 */
	void unassigned(Collection<TopicPartition> partitions) {
		this.paused.removeAll(new HashSet<>(partitions));
	}

	/**
	 * A rebalance callback has begun: no wakeup may interrupt what it does.
	 */
	void callbackBegun() {
		this.wakeupPending |= this.mailbox.endPoll();
		this.lease.inCallback();
	}

	/**
	 * Make sure that the next call of the client is not met by an old wakeup, and that
	 * the lease is valid.
	 * @return {@code false} where nothing may be committed now: one late poll does not
	 * renew the lease
	 */
	boolean beforeCommit() {
		if (this.wakeupPending || !this.lease.isValid()) {
			quietly(Duration.ZERO);
		}
		return this.lease.isValid();
	}

	/**
	 * When the current or last poll began.
	 * @return nanoseconds of the ticker
	 */
	long begun() {
		return this.begun;
	}

	/**
	 * Where the lease is about to run out although polls go on, because answers have been
	 * slow lately, ask the coordinator for something: what it answers after that is known
	 * to be young.
	 */
	void keepLease() {
		long now = this.ticker.nanos();
		if (!this.lease.isRunningOut() || now - this.roundTripTried < ROUND_TRIP_NANOS) {
			return;
		}
		this.roundTripTried = now;
		Set<TopicPartition> assigned = this.kafka.assignment();
		if (!assigned.isEmpty()) {
			roundTrip(assigned.iterator().next(), now);
		}
	}

	/**
	 * The client may answer with what an attempt before has asked for.
	 */
	private void roundTrip(TopicPartition partition, long now) {
		Long begun = this.roundTripBegun;
		if (begun == null) {
			begun = now;
			this.roundTripBegun = begun;
		}
		if (isAnswered(partition)) {
			this.roundTripBegun = null;
			this.lease.roundTrip(begun);
		}
	}

	/**
	 * Ask the coordinator for something.
	 * @param partition a partition
	 * @return whether there was an answer in a short time
	 */
	boolean isAnswered(TopicPartition partition) {
		try {
			this.kafka.committed(Set.of(partition), ROUND_TRIP);
			return true;
		}
		catch (WakeupException ex) {
			this.wakeupPending = false;
		}
		catch (RuntimeException ex) {
			// Polls and commits say what is wrong.
			logger.debug("No answer to {}", this.settings.name(), ex);
		}
		return false;
	}

	/**
	 * See that the client has dealt with every answer that it has counted: under KIP-848
	 * its own thread does, and a question to that waits for its turn.
	 */
	private void settleAnswers() {
		for (TopicPartition partition : this.kafka.assignment()) {
			try {
				this.kafka.currentLag(partition);
				return;
			}
			catch (IllegalStateException ex) {
				requireUnassigned(ex);
			}
		}
	}

	private void sayWhetherHeard() {
		boolean unheard = !this.lease.isValid();
		if (unheard != this.unheard) {
			this.unheard = unheard;
			if (unheard) {
				logger.info("{} has not heard from its group's coordinator for as long as its session lasts, and "
						+ "hands over and commits nothing until it has", this.settings.name());
			}
			else {
				logger.info("{} has heard from its group's coordinator again", this.settings.name());
			}
		}
	}

	private ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
		this.begun = this.ticker.nanos();
		boolean thrown = false;
		boolean returned = false;
		try {
			if (this.lease.polling()) {
				settleAnswers();
			}
			boolean block = this.mailbox.beginPoll(this.kafka) && !timeout.isZero();
			ConsumerRecords<byte[], byte[]> records = this.kafka.poll(block ? timeout : Duration.ZERO);
			returned = true;
			return records;
		}
		catch (WakeupException ex) {
			thrown = true;
			this.wakeupPending = false;
			return ConsumerRecords.empty();
		}
		catch (InterruptException ex) {
			// Nobody has a reason to interrupt the reader; the stop does not.
			Thread.interrupted();
			logger.warn("The reader of {} was interrupted, and goes on", this.settings.name());
			return ConsumerRecords.empty();
		}
		catch (RuntimeException ex) {
			if (!isPassing(ex) && !this.unexpected.isPassing(ex)) {
				throw ex;
			}
			logger.warn("Reading for {} failed and will be tried again: {}", this.settings.name(), ex.toString());
			if (isUnassigned(ex)) {
				takeBack();
			}
			this.mailbox.await(BACK_OFF_NANOS);
			return ConsumerRecords.empty();
		}
		finally {
			boolean woken = this.mailbox.endPoll();
			this.wakeupPending |= woken && !thrown;
			this.lease.polled(this.begun, returned, this.assignment.owned().isEmpty());
			sayWhetherHeard();
		}
	}

	/**
	 * Where a partition went while the client was collecting messages, it throws those of
	 * the other partitions away, and has moved on behind them: they have to be read
	 * again.
	 */
	private void takeBack() {
		for (PartitionProgress progress : this.assignment.owned().values()) {
			if (progress.position() >= 0) {
				try {
					uninterrupted(() -> this.kafka.seek(progress.topicPartition(), progress.position()));
				}
				catch (IllegalStateException ex) {
					requireUnassigned(ex);
				}
			}
		}
	}

	/**
	 * Whether an exception heals by polling on. Beyond what Kafka calls retriable: under
	 * KIP-848, a poll after the member was fenced can meet partitions that are not
	 * assigned any more, or fail because the coordinator does not know the member when it
	 * is asked for positions; the client then joins anew.
	 */
	private static boolean isPassing(RuntimeException ex) {
		return ex instanceof RetriableException || OffsetCommitter.isOfMembership(ex) || isUnassigned(ex);
	}

	/**
	 * What the client says where its own thread has taken a partition away, or has given
	 * it back without a position, between two steps of the reader. Wrapped where that
	 * thread met it itself.
	 */
	private static boolean isUnassigned(RuntimeException ex) {
		Throwable cause = (ex instanceof KafkaException) ? ex.getCause() : ex;
		String message = (cause instanceof IllegalStateException) ? cause.getMessage() : null;
		return message != null && (message.startsWith("No current assignment for partition")
				|| message.startsWith("Missing position for fetchable partition")
				|| message.startsWith("Cannot set a new position without a valid current position"));
	}

}
