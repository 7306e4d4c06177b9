package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reader and handler around one seat: real threads, made-up turns.
 */
class ReaderSeatTests {

	private final Mailbox mailbox = new Mailbox();

	private final ReaderSeat seat = new ReaderSeat(this.mailbox, Ticker.SYSTEM);

	private final Turns turns = new Turns();

	private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();

	private final Thread reader = new Thread(this::keep, "reader");

	private final AtomicInteger handled = new AtomicInteger();

	private final CountDownLatch sentAway = new CountDownLatch(1);

	private @Nullable Thread handler;

	@AfterEach
	void end() throws InterruptedException {
		this.turns.over = true;
		this.mailbox.wake();
		this.reader.join(10_000);
		assertThat(this.reader.isAlive()).isFalse();
		if (this.handler != null) {
			this.handler.join(10_000);
			assertThat(this.handler.isAlive()).isFalse();
		}
		assertThat(this.turns.problem).isNull();
	}

	@Test
	void aQuickHandlerReadsForItself() {
		this.reader.start();
		handle(() -> {
		});
		Awaitility.await().until(() -> this.handled.get() > 5000);
		assertThat(this.turns.of("handler")).isGreaterThan(9 * this.turns.of("reader"));
	}

	@Test
	void theReaderReadsWhileTheHandlerIsBusyAndLeavesTheSeatWhenItIsBack() {
		CountDownLatch busy = new CountDownLatch(1);
		this.reader.start();
		handle(() -> {
			if (this.handled.get() == 100) {
				busy.await();
			}
		});
		Awaitility.await().until(() -> this.handled.get() == 100);
		int before = this.turns.of("reader");
		Awaitility.await().until(() -> this.turns.of("reader") > before + 20);
		busy.countDown();
		int back = this.turns.of("handler");
		Awaitility.await().until(() -> this.turns.of("handler") > back + 20);
	}

	@Test
	void aHandlerThatReadsIsSentAwayWhenItIsOverAndNobodyReadsAfterTheReader() throws InterruptedException {
		this.reader.start();
		handle(() -> {
		});
		Awaitility.await().until(() -> this.handled.get() > 10);
		this.turns.dry = true;
		Awaitility.await().until(() -> this.turns.waiting == this.handler);
		long begun = System.nanoTime();
		this.turns.over = true;
		this.mailbox.wake();
		this.reader.join(10_000);
		assertThat(this.sentAway.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
		int turns = this.turns.all();
		assertThat(this.seat.share()).isFalse();
		assertThat(this.turns.all()).isEqualTo(turns);
	}

	@Test
	void theReaderThatIsAwayNoticesAtOnceThatItIsOver() throws InterruptedException {
		this.reader.start();
		handle(() -> {
		});
		Awaitility.await().until(() -> this.handled.get() > 10);
		// The handler waits for messages for long: the reader rests.
		this.turns.dry = true;
		Awaitility.await().during(Duration.ofMillis(300)).until(() -> this.turns.waiting == this.handler);
		long begun = System.nanoTime();
		this.turns.over = true;
		this.mailbox.wake();
		this.reader.join(10_000);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(900));
	}

	@Test
	void aTurnOfTheReaderThatThrowsEndsItAndTheHandlersReadingToo() throws InterruptedException {
		this.turns.failure = new IllegalStateException("broken");
		this.reader.start();
		this.reader.join(10_000);
		assertThat(this.thrown.get()).hasMessage("broken");
		assertThat(this.seat.share()).isFalse();
	}

	@Test
	void aHandlerThatWaitsForTheSeatGetsNoTurnAfterOneOfTheReaderHasThrown() throws InterruptedException {
		for (int i = 0; i < 50; i++) {
			ReaderSeat seat = new ReaderSeat(this.mailbox, Ticker.SYSTEM);
			CountDownLatch reading = new CountDownLatch(1);
			CountDownLatch broken = new CountDownLatch(1);
			AtomicInteger ofHandler = new AtomicInteger();
			ReaderSeat.Turns turns = new ReaderSeat.Turns() {

				@Override
				public boolean next() {
					reading.countDown();
					try {
						broken.await();
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
					throw new IllegalStateException("broken");
				}

				@Override
				public boolean nextOfHandler() {
					ofHandler.incrementAndGet();
					return false;
				}

				@Override
				public boolean isReady() {
					return false;
				}

				@Override
				public boolean isOver() {
					return false;
				}

			};
			Thread reader = new Thread(() -> {
				try {
					seat.keep(turns);
				}
				catch (IllegalStateException ex) {
					this.thrown.set(ex);
				}
			});
			reader.start();
			reading.await();
			Thread waiting = new Thread(seat::share);
			waiting.start();
			Awaitility.await()
				.pollInterval(Duration.ofMillis(1))
				.until(() -> waiting.getState() == Thread.State.WAITING);
			broken.countDown();
			waiting.join(10_000);
			reader.join(10_000);
			assertThat(ofHandler).hasValue(0);
			assertThat(this.thrown.get()).hasMessage("broken");
		}
	}

	@Test
	void aTurnOfTheHandlerThatFailsIsTheEndOfItsReading() {
		this.reader.start();
		handle(() -> {
		});
		Awaitility.await().until(() -> this.handled.get() > 10);
		this.turns.handlerFails = true;
		Awaitility.await().until(() -> this.sentAway.getCount() == 0);
		Awaitility.await().until(() -> !this.reader.isAlive());
	}

	@Test
	void nobodyReadsBeforeTheReaderHasBegun() {
		assertThat(this.seat.share()).isFalse();
		assertThat(this.turns.all()).isZero();
	}

	/**
	 * Whatever handler and messages do: one reads at a time, and no message waits for
	 * long.
	 */
	@RepeatedTest(20)
	void oneReadsAtATimeAndEveryMessageIsHandled(RepetitionInfo repetition) throws InterruptedException {
		Random random = new Random(repetition.getCurrentRepetition());
		this.turns.random = random;
		this.reader.start();
		Random handling = new Random(repetition.getCurrentRepetition() + 1000);
		handle(() -> {
			int choice = handling.nextInt(100);
			if (choice == 0) {
				Thread.sleep(handling.nextInt(8));
			}
			else if (choice < 3) {
				Thread.currentThread().interrupt();
			}
		});
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.handled.get() > 500);
		this.turns.over = true;
		this.mailbox.wake();
		this.reader.join(10_000);
		assertThat(this.sentAway.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(this.turns.taken).isEqualTo(this.handled.get());
	}

	private void keep() {
		try {
			this.seat.keep(this.turns);
		}
		catch (RuntimeException ex) {
			this.thrown.set(ex);
		}
	}

	private void handle(Work work) {
		this.handler = new Thread(() -> {
			while (!this.turns.over) {
				if (this.turns.take()) {
					try {
						work.run();
					}
					catch (InterruptedException ex) {
						// As user code does.
					}
					Thread.interrupted();
					this.turns.handled = true;
					this.mailbox.outcome();
					this.handled.incrementAndGet();
				}
				else if (!this.seat.share()) {
					Thread.onSpinWait();
				}
			}
			this.sentAway.countDown();
		}, "handler");
		this.handler.start();
	}

	private interface Work {

		void run() throws InterruptedException;

	}

	/**
	 * Releases one message after the other.
	 */
	private final class Turns implements ReaderSeat.Turns {

		private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

		private final AtomicInteger inside = new AtomicInteger();

		private final AtomicInteger ready = new AtomicInteger();

		private volatile boolean handled = true;

		private volatile boolean over;

		private volatile boolean dry;

		private volatile boolean handlerFails;

		private volatile @Nullable RuntimeException failure;

		private volatile @Nullable String problem;

		private volatile @Nullable Thread waiting;

		private @Nullable Random random;

		private volatile int taken;

		private boolean take() {
			if (this.ready.get() == 0) {
				return false;
			}
			this.ready.set(0);
			this.taken = this.taken + 1;
			return true;
		}

		@Override
		public boolean next() {
			ReaderSeatTests.this.mailbox.clear();
			if (this.over) {
				return false;
			}
			RuntimeException failure = this.failure;
			if (failure != null) {
				throw failure;
			}
			if (this.inside.incrementAndGet() > 1) {
				this.problem = "two read at once";
			}
			try {
				this.counts.computeIfAbsent(Thread.currentThread().getName(), (name) -> new AtomicInteger())
					.incrementAndGet();
				ReaderSeatTests.this.mailbox.listen(true);
				turn();
			}
			finally {
				this.inside.decrementAndGet();
			}
			return true;
		}

		private void turn() {
			boolean message = !this.dry && (this.random == null || this.random.nextInt(3) > 0);
			if (this.handled && message) {
				this.handled = false;
				this.ready.set(1);
			}
			else {
				this.waiting = Thread.currentThread();
				boolean reader = Thread.currentThread() == ReaderSeatTests.this.reader;
				long nanos = Duration.ofMillis(this.dry ? (reader ? 100 : 20_000) : 2).toNanos();
				ReaderSeatTests.this.mailbox.await(nanos);
				this.waiting = null;
			}
		}

		@Override
		public boolean nextOfHandler() {
			if (this.handlerFails) {
				this.over = true;
				return false;
			}
			return next();
		}

		@Override
		public boolean isReady() {
			return this.ready.get() > 0;
		}

		@Override
		public boolean isOver() {
			return this.over;
		}

		private int of(String thread) {
			AtomicInteger count = this.counts.get(thread);
			return (count != null) ? count.get() : 0;
		}

		private int all() {
			return this.counts.values().stream().mapToInt(AtomicInteger::get).sum();
		}

	}

}
