package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.OnFailure;
import io.baseplate.kafka.QueueConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, stops and restarts a consumer: one reader thread a run, which opens one
 * {@link ConsumerSession} after another for as long as failures are answered with a
 * restart. The public methods may be called from any thread.
 */
final class ConsumerEngine implements ReaderCommands {

	private static final Logger logger = LoggerFactory.getLogger(ConsumerEngine.class);

	/**
	 * The least that the closing of a client gets.
	 */
	private static final Duration CLOSE = Duration.ofSeconds(1);

	private final QueueConsumer owner;

	private final ConsumerSettings settings;

	private final KafkaConnection connection;

	private final UserCode code;

	private final ConsumerRuntime runtime;

	private final ConsumerTelemetry telemetry;

	private final Ticker ticker = Ticker.SYSTEM;

	private final ClientFailures clientFailures = new ClientFailures();

	private final StateMachine states;

	private final Outcomes.Counts counts = new Outcomes.Counts();

	private final Object lifecycle = new Object();

	/**
	 * The application's: whoever starts the consumer may have another one, a thread of
	 * the common pool say, which does not see into an executable jar.
	 */
	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private CompletableFuture<Void> started = CompletableFuture.completedFuture(null);

	private volatile CompletableFuture<Void> stopped = CompletableFuture.completedFuture(null);

	/**
	 * How often a stop was asked for.
	 */
	private long stops;

	private volatile @Nullable Thread reader;

	private volatile @Nullable ConsumerSession session;

	private volatile @Nullable Failure lastError;

	private volatile boolean stopping;

	private volatile long stopBegun;

	private volatile boolean paused;

	ConsumerEngine(QueueConsumer owner, ConsumerSettings settings, KafkaConnection connection, UserCode code,
			ConsumerRuntime runtime) {
		this.owner = owner;
		this.settings = settings;
		this.connection = connection;
		this.code = code;
		this.runtime = runtime;
		this.telemetry = SafeTelemetry.of(settings.name(), runtime.telemetry().apply(settings));
		this.states = new StateMachine(this::stateChanged);
	}

	private void stateChanged(ConsumerState from, ConsumerState to) {
		try {
			this.runtime.listener().stateChanged(this.owner, from, to);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener of {} failed", this.settings.name(), ex);
		}
	}

	ConsumerSettings settings() {
		return this.settings;
	}

	@Nullable ConsumerHealthCheck healthCheck() {
		return this.code.healthCheck();
	}

	@Override
	public boolean isStopping() {
		return this.stopping;
	}

	@Override
	public boolean isPaused() {
		return this.paused;
	}

	ConsumerStatus status() {
		return StatusSnapshot.of(this.settings, this.states.current(), this.session, this.reader, this.lastError,
				this.counts.totals());
	}

	void start() {
		refuseHandler("start");
		try {
			startAsync().join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof RuntimeException cause) {
				throw cause;
			}
			throw ex;
		}
	}

	CompletableFuture<Void> startAsync() {
		synchronized (this.lifecycle) {
			if (this.states.state().isActive()) {
				return this.stopping ? startAfterStop() : this.started.copy();
			}
			this.stopping = false;
			this.lastError = null;
			CompletableFuture<Void> started = new CompletableFuture<>();
			CompletableFuture<Void> stopped = new CompletableFuture<>();
			this.started = started;
			this.stopped = stopped;
			this.states.moveTo(ConsumerState.STARTING, null);
			try {
				Thread reader = new Thread(() -> run(started, stopped), this.settings.name() + "-reader");
				reader.setDaemon(true);
				reader.setContextClassLoader(this.classLoader);
				this.reader = reader;
				reader.start();
			}
			catch (RuntimeException | Error ex) {
				this.reader = null;
				this.lastError = new Failure("The reader could not be started: " + ex, null, -1, ex);
				this.states.moveTo(ConsumerState.FAILED, ex.toString());
				started.completeExceptionally(ex);
				stopped.complete(null);
			}
			return started.copy();
		}
	}

	/**
	 * What is asked for last holds: a stop that comes meanwhile takes this start back.
	 */
	private CompletableFuture<Void> startAfterStop() {
		long stops = this.stops;
		return this.stopped.thenCompose((done) -> {
			synchronized (this.lifecycle) {
				return (this.stops == stops) ? startAsync() : CompletableFuture.completedFuture(null);
			}
		});
	}

	void stop() {
		refuseHandler("stop");
		CompletableFuture<Void> stopped = stopAsync();
		try {
			stopped.get(this.settings.stopTimeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			logger.warn("{} has not stopped within its stop-timeout of {}", this.settings.name(),
					this.settings.stopTimeout());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	CompletableFuture<Void> stopAsync() {
		synchronized (this.lifecycle) {
			this.stops++;
			if (this.states.state().isActive() && !this.stopping) {
				this.stopBegun = this.ticker.nanos();
				this.stopping = true;
				ConsumerSession session = this.session;
				if (session != null) {
					session.stopping(this.stopBegun);
				}
				wake();
				this.lifecycle.notifyAll();
			}
			return this.stopped.copy();
		}
	}

	void pause() {
		synchronized (this.lifecycle) {
			this.paused = true;
			this.states.move(ConsumerState.RUNNING, ConsumerState.PAUSED);
		}
		wake();
	}

	void resume() {
		synchronized (this.lifecycle) {
			this.paused = false;
			// Not from STARTING, which only the reader may leave.
			this.states.move(ConsumerState.PAUSED, ConsumerState.RUNNING);
		}
		wake();
	}

	private void wake() {
		ConsumerSession session = this.session;
		if (session != null) {
			session.wake();
		}
	}

	private void refuseHandler(String what) {
		ConsumerSession session = this.session;
		Thread current = Thread.currentThread();
		if (current == this.reader || (session != null && session.isHandlerThread(current))) {
			throw new IllegalStateException("A handler or a listener of " + this.settings.name() + " must not " + what
					+ " its own consumer and wait for it: use " + what + "Async()");
		}
	}

	/**
	 * The reader thread, from start to rest.
	 */
	private void run(CompletableFuture<Void> started, CompletableFuture<Void> stopped) {
		Backoff backoff = new Backoff(this.settings.restartInitial(), this.settings.restartMax());
		try {
			while (connectOnce(started, backoff)) {
				logger.debug("{} starts again", this.settings.name());
			}
		}
		catch (Throwable ex) {
			endedUnexpectedly(ex);
		}
		finally {
			// From STOPPED or FAILED on there may be another reader.
			synchronized (this.lifecycle) {
				if (this.reader == Thread.currentThread()) {
					this.reader = null;
				}
			}
			started.completeAsync(() -> null);
			stopped.completeAsync(() -> null);
		}
	}

	/**
	 * Logging comes last: it may be what does not work.
	 */
	private void endedUnexpectedly(Throwable ex) {
		Failure failure = new Failure("Ended unexpectedly: " + ex.getClass().getName(), null, -1, ex);
		this.lastError = failure;
		this.states.moveTo(ConsumerState.STOPPING, failure.description());
		try {
			ConsumerSession session = this.session;
			if (session != null) {
				session.abandon();
			}
		}
		finally {
			this.states.moveTo(ConsumerState.FAILED, failure.description());
			tellFailed(failure, this.settings.onFailure() == OnFailure.SHUTDOWN && !(ex instanceof Error));
		}
		logger.error("{} ended unexpectedly", this.settings.name(), ex);
	}

	/**
	 * One session.
	 * @return whether there is to be another
	 */
	private boolean connectOnce(CompletableFuture<Void> started, Backoff backoff) {
		ConsumerSession session = new ConsumerSession(this.settings, this.connection, this.runtime, this.telemetry,
				this.counts, this, this.ticker);
		this.session = session;
		boolean first = !started.isDone();
		try {
			if (this.stopping) {
				throw new WakeupException();
			}
			session.open(this.code);
		}
		catch (WakeupException ex) {
			if (!this.stopping) {
				// Woken for something else, a pause say: the checks begin anew.
				return true;
			}
			comeToRest();
			return false;
		}
		catch (RuntimeException | Error ex) {
			return startFailed(ex, first, started, backoff);
		}
		synchronized (this.lifecycle) {
			this.states.moveTo(ConsumerState.RUNNING, null);
			if (this.paused) {
				this.states.moveTo(ConsumerState.PAUSED, null);
			}
		}
		logger.info("{} is running: group '{}', topics {}, {}, commit {}", this.settings.name(),
				this.settings.groupId(), this.settings.topics(), ConsumerSettings.label(this.settings.mode()),
				ConsumerSettings.label(this.settings.commit()));
		// Elsewhere: what users have follow the start must not run on the reader.
		started.completeAsync(() -> null);
		long begun = this.ticker.nanos();
		Failure failure = session.run();
		return end(session, failure, begun, backoff);
	}

	private boolean startFailed(Throwable ex, boolean first, CompletableFuture<Void> started, Backoff backoff) {
		Failure failure = new Failure(String.valueOf(ex.getMessage()), null, -1, ex);
		this.lastError = failure;
		if (first || ex instanceof Error) {
			if (!first || this.stopping) {
				dispose();
			}
			this.states.moveTo(ConsumerState.FAILED, ex.getMessage());
			if (!first) {
				// Nobody waits for this start.
				logger.error("{} could not start again", this.settings.name(), ex);
				tellFailed(failure, false);
			}
			started.completeExceptionally(ex);
			return false;
		}
		logger.warn("{} could not start again: {}", this.settings.name(), ex.getMessage());
		this.states.moveTo(ConsumerState.RESTARTING, ex.getMessage());
		return waitToRestart(backoff);
	}

	private boolean end(ConsumerSession session, @Nullable Failure failure, long begun, Backoff backoff) {
		boolean onPurpose = this.stopping && failure == null;
		String reason = (failure != null) ? failure.description() : null;
		if (failure != null) {
			this.lastError = failure;
		}
		boolean again = failure != null && !this.stopping && !(failure.cause() instanceof Error)
				&& (this.settings.onFailure() == OnFailure.RESTART
						|| this.clientFailures.isCuredByAnother(failure, begun, this.ticker.nanos()))
				&& this.connection.canBeginAgainAfter(failure);
		this.states.moveTo(ConsumerState.STOPPING, reason);
		session.close(!onPurpose, again, this.stopping ? this.stopBegun : this.ticker.nanos());
		if (failure == null) {
			Failure late = session.failureIfAny();
			this.lastError = (late != null) ? late : this.lastError;
			comeToRest();
			logger.info("{} has stopped", this.settings.name());
			return false;
		}
		boolean shutdown = !again && this.settings.onFailure() == OnFailure.SHUTDOWN
				&& !(failure.cause() instanceof Error);
		this.states.moveTo(again ? ConsumerState.RESTARTING : ConsumerState.FAILED, reason);
		logger.error("{} has stopped after a failure: {}", this.settings.name(), reason);
		tellFailed(failure, shutdown);
		if (this.ticker.nanos() - begun > this.settings.restartMax().toNanos()) {
			backoff.reset();
		}
		return again && waitToRestart(backoff);
	}

	private void tellFailed(Failure failure, boolean shutdown) {
		try {
			this.runtime.listener().failed(this.owner, failure, shutdown);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A listener of {} failed", this.settings.name(), ex);
		}
	}

	/**
	 * Wait before the next start.
	 * @return {@code false} where the consumer was stopped meanwhile
	 */
	private boolean waitToRestart(Backoff backoff) {
		Duration wait = backoff.next();
		logger.info("{} starts again in {}", this.settings.name(), wait);
		long until = this.ticker.nanos() + wait.toNanos();
		synchronized (this.lifecycle) {
			while (!this.stopping) {
				long left = until - this.ticker.nanos();
				if (left <= 0) {
					this.states.moveTo(ConsumerState.STARTING, this.states.current().reason());
					return true;
				}
				try {
					TimeUnit.NANOSECONDS.timedWait(this.lifecycle, left);
				}
				catch (InterruptedException ex) {
					// Nobody interrupts the reader: go on waiting.
					logger.debug("The reader of {} was interrupted", this.settings.name());
				}
			}
		}
		comeToRest();
		return false;
	}

	/**
	 * The consumer has stopped on purpose. What there was of it goes first: once it is
	 * STOPPED, somebody may start it again.
	 */
	private void comeToRest() {
		dispose();
		this.telemetry.closed();
		this.states.moveTo(ConsumerState.STOPPED, null);
	}

	private void dispose() {
		long left = this.stopBegun + this.settings.stopTimeout().toNanos() - this.ticker.nanos();
		Duration timeout = this.stopping ? Duration.ofNanos(Math.max(left, CLOSE.toNanos())) : CLOSE;
		try {
			this.connection.dispose(timeout);
		}
		catch (RuntimeException ex) {
			logger.warn("Closing the Kafka client of {} failed", this.settings.name(), ex);
		}
	}

}
