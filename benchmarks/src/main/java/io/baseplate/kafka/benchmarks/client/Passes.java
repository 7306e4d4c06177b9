package io.baseplate.kafka.benchmarks.client;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.baseplate.kafka.benchmarks.run.Measurement;
import io.baseplate.kafka.benchmarks.run.RunSpec;
import io.baseplate.kafka.benchmarks.run.StackKind;
import org.jspecify.annotations.Nullable;

/**
 * The passes of one JVM: each starts the stack anew, in a group of its own, lets it
 * consume, stops it, and verifies what it did.
 */
final class Passes {

	/**
	 * The measured window begins when the stack has got going, and ends before it runs
	 * out of messages.
	 */
	private static final double SETTLE_SECONDS = 0.5;

	private static final double SETTLE_SHARE = 0.05;

	private static final double END_SHARE = 0.98;

	/**
	 * Looks are milliseconds apart, and processor time comes in ticks of ten.
	 */
	private static final long MIN_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	/**
	 * Of a topic that is produced to, how much faster the warm pass is.
	 */
	private static final int WARM_RATE = 5;

	/**
	 * How long nothing may happen.
	 */
	private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

	private static final long LOOK_MILLIS = 5;

	private final RunSpec spec;

	private final String run = "run-" + UUID.randomUUID();

	Passes(RunSpec spec) {
		this.spec = spec;
	}

	void warm() throws Exception {
		pass("warm", false);
	}

	Measurement measure() throws Exception {
		Measurement measurement = pass("measured", true);
		if (measurement == null) {
			throw new IllegalStateException("There was no window");
		}
		return measurement;
	}

	private @Nullable Measurement pass(String name, boolean measured) throws Exception {
		boolean fed = this.spec.rate() > 0;
		String topic = fed ? this.spec.topic() + "-" + name : this.spec.topic();
		Subscription subscription = new Subscription(this.spec.bootstrapServers(), topic, this.run + "-" + name);
		try (Offsets offsets = new Offsets(this.spec.bootstrapServers(), topic)) {
			if (this.spec.stack().kind() == StackKind.SHARE_GROUP) {
				offsets.beginAtEarliest(subscription.groupId());
			}
			if (!fed) {
				return pass(name, measured, subscription, offsets, offsets.ends(), null);
			}
			int rate = measured ? this.spec.rate() : WARM_RATE * this.spec.rate();
			try (Feed feed = new Feed(this.spec.bootstrapServers(), topic, rate)) {
				return pass(name, measured, subscription, offsets, capacities(rate), feed);
			}
		}
	}

	private @Nullable Measurement pass(String name, boolean measured, Subscription subscription, Offsets offsets,
			long[] capacities, @Nullable Feed feed) throws Exception {
		Deliveries deliveries = new Deliveries(capacities, Messages.KEYS, this.spec.stack().order());
		Latencies latencies = (feed != null) ? new Latencies() : null;
		Handler handler = new Handler(this.spec.work(), deliveries, latencies);
		Pass pass = new Pass(deliveries, latencies, feed, Arrays.stream(capacities).sum());
		try (Stack stack = Stacks.start(subscription, this.spec.stack(), this.spec.work(), handler)) {
			pass.run(stack, measured);
		}
		List<Committed> committed = offsets.committed(subscription.groupId(), this.spec.stack().kind());
		List<String> problems = Verification.check(deliveries, committed, offsets.ends(), pass.complete);
		if (!problems.isEmpty()) {
			throw new UnverifiedException(problems.stream().map((problem) -> name + " pass: " + problem).toList());
		}
		return pass.measurement;
	}

	/**
	 * As many messages as can come while a pass lasts, and as the start and the end of
	 * the stack may take on top.
	 */
	private long[] capacities(int rate) {
		long perPartition = (long) (rate * (this.spec.seconds() + this.spec.warmSeconds() + 120)) / Messages.PARTITIONS;
		long[] capacities = new long[Messages.PARTITIONS];
		Arrays.fill(capacities, perPartition);
		return capacities;
	}

	/**
	 * One pass.
	 */
	private final class Pass {

		private final Deliveries deliveries;

		private final @Nullable Latencies latencies;

		private final @Nullable Feed feed;

		private final UsageProbe probe;

		private long total;

		/**
		 * Whether the stack was given the time to handle everything.
		 */
		private boolean complete;

		private @Nullable Measurement measurement;

		Pass(Deliveries deliveries, @Nullable Latencies latencies, @Nullable Feed feed, long total) {
			this.deliveries = deliveries;
			this.latencies = latencies;
			this.feed = feed;
			this.probe = new UsageProbe(deliveries, Passes.this.spec.brokerPid());
			this.total = total;
		}

		void run(Stack stack, boolean measured) throws Exception {
			if (this.feed != null) {
				this.feed.start();
			}
			await(stack, () -> this.deliveries.count() > 0);
			if (measured) {
				await(stack, after(SETTLE_SECONDS, SETTLE_SHARE));
				Usage begin = this.probe.look(true);
				await(stack, after(Passes.this.spec.seconds(), END_SHARE));
				Usage end = this.probe.look(false);
				Long peakRss = this.probe.peakRss();
				finish(stack);
				checkLength(end.nanos() - begin.nanos());
				this.measurement = end.since(begin, peakRss,
						(this.latencies != null) ? this.latencies.between(begin.nanos(), end.nanos()) : null);
			}
			else {
				await(stack, after(Passes.this.spec.warmSeconds(), END_SHARE));
				finish(stack);
			}
		}

		private void checkLength(long nanos) {
			if (nanos < MIN_WINDOW_NANOS) {
				throw new IllegalStateException("All messages were handled before anything could be measured: "
						+ "the topic needs more of them (benchmark.messages)");
			}
		}

		/**
		 * What is nearly done gets the time for the rest.
		 */
		private void finish(Stack stack) throws Exception {
			if (this.feed != null) {
				this.total = this.feed.stop();
			}
			if (this.feed != null || this.deliveries.count() >= this.total * END_SHARE) {
				await(stack, () -> this.deliveries.count() >= this.total);
				this.complete = true;
			}
		}

		private BooleanSupplier after(double seconds, double share) {
			long begin = System.nanoTime();
			long nanos = (long) (seconds * 1e9);
			return () -> System.nanoTime() - begin >= nanos || this.deliveries.count() >= this.total * share;
		}

		private void await(Stack stack, BooleanSupplier condition) throws InterruptedException {
			long last = this.deliveries.count();
			long since = System.nanoTime();
			while (!condition.getAsBoolean()) {
				long count = this.deliveries.count();
				if (count != last) {
					last = count;
					since = System.nanoTime();
				}
				else {
					checkAlive(stack, System.nanoTime() - since);
				}
				TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
			}
		}

		/**
		 * Only where nothing happens: asking costs memory, which is measured.
		 */
		private void checkAlive(Stack stack, long nanos) {
			Throwable failure = stack.failure();
			if (failure != null) {
				throw new IllegalStateException("The stack has failed", failure);
			}
			if (nanos > STALL_NANOS) {
				throw new IllegalStateException("Nothing has been handled since message " + this.deliveries.count());
			}
		}

	}

}
