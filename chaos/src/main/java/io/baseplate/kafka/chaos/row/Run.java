package io.baseplate.kafka.chaos.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.baseplate.kafka.chaos.check.Fault;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Truth;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.ApplicationSpec;
import io.baseplate.kafka.chaos.process.BrokerCluster;
import io.baseplate.kafka.chaos.process.ClusterAdmin;
import io.baseplate.kafka.chaos.process.Load;
import io.baseplate.kafka.chaos.process.LoadSpec;
import io.baseplate.kafka.chaos.process.Sent;
import io.baseplate.kafka.chaos.process.Span;
import io.baseplate.kafka.chaos.process.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * One run of a row: its topic, its applications, its load, its random numbers, and the
 * faults that it has made.
 */
final class Run implements AutoCloseable {

	static final Duration START = Duration.ofMinutes(2);

	static final Duration SETTLE = Duration.ofMinutes(2);

	private final BrokerCluster cluster;

	private final long seed;

	private final SplittableRandom random;

	private final String topic;

	private ApplicationSpec spec;

	private final List<ApplicationProcess> running = new ArrayList<>();

	private final List<ApplicationProcess> all = new ArrayList<>();

	private final List<Load> loads = new ArrayList<>();

	private final List<Sent> sent = new ArrayList<>();

	private final List<Fault> faults = new ArrayList<>();

	private final List<String> findings = new ArrayList<>();

	private final Map<String, String> notes = new LinkedHashMap<>();

	private SortedMap<Integer, List<StoredMessage>> removed = new TreeMap<>();

	private Map<Integer, Long> starts = Map.of();

	private @Nullable Truth formerTruth;

	private @Nullable Span recreation;

	private long nextId;

	Run(BrokerCluster cluster, Path directory, String name, long seed) {
		this.cluster = cluster;
		this.seed = seed;
		this.random = new SplittableRandom(seed);
		this.topic = name;
		this.spec = ApplicationSpec.of(directory, cluster.proxiedBootstrapServers(), name, this.topic);
	}

	BrokerCluster cluster() {
		return this.cluster;
	}

	ClusterAdmin admin() {
		return this.cluster.admin();
	}

	SplittableRandom random() {
		return this.random;
	}

	String topic() {
		return this.topic;
	}

	ApplicationSpec spec() {
		return this.spec;
	}

	List<ApplicationProcess> running() {
		return List.copyOf(this.running);
	}

	List<ApplicationProcess> processes() {
		return List.copyOf(this.all);
	}

	List<Fault> faults() {
		return List.copyOf(this.faults);
	}

	List<Sent> sent() {
		return List.copyOf(this.sent);
	}

	List<String> findings() {
		return List.copyOf(this.findings);
	}

	/**
	 * What the run has measured besides, for the table.
	 */
	Map<String, String> notes() {
		return this.notes;
	}

	void note(String name, String value) {
		this.notes.put(name, value);
	}

	/**
	 * A promise that no guarantee of the checker judges.
	 */
	void expect(boolean kept, String promise) {
		if (!kept) {
			this.findings.add(promise);
		}
	}

	void tune(UnaryOperator<ApplicationSpec> tuning) {
		this.spec = tuning.apply(this.spec);
	}

	void createTopic(int partitions) {
		admin().createTopic(this.topic, partitions);
	}

	/**
	 * Start applications, side by side, and wait until all groups have settled with them.
	 */
	void start(int count) {
		List<ApplicationProcess> started = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			started.add(launch());
		}
		started.forEach((process) -> process.awaitRunning(START));
		settle();
	}

	/**
	 * Start one more application and do not wait for it.
	 */
	ApplicationProcess launch() {
		ApplicationProcess process = ApplicationProcess.start(this.spec, "app-" + (this.all.size() + 1));
		this.all.add(process);
		this.running.add(process);
		return process;
	}

	/**
	 * Wait until the groups know who is there.
	 */
	void settle() {
		admin().awaitStable(this.spec.groups(), this.running.size(), SETTLE);
	}

	ApplicationProcess any() {
		return this.running.get(this.random.nextInt(this.running.size()));
	}

	void kill(ApplicationProcess process) {
		fault(FaultKind.KILLED, process, process.kill());
		this.running.remove(process);
	}

	void terminate(ApplicationProcess process) {
		fault(FaultKind.STOPPED_CLEAN, process, process.terminate());
		this.running.remove(process);
		expect(process.exitCode() == 143, process + " ended with " + process.exitCode() + " after SIGTERM");
	}

	void fault(FaultKind kind, @Nullable ApplicationProcess process, Span span) {
		this.faults.add(new Fault(kind, (process != null) ? process.name() : null, span.from(), span.to()));
	}

	void fault(FaultKind kind, @Nullable ApplicationProcess process, Span first, Span last) {
		this.faults.add(new Fault(kind, (process != null) ? process.name() : null, first.from(), last.to()));
	}

	LoadSpec load(int perSecond) {
		return LoadSpec.of(this.cluster.bootstrapServers(), this.topic, this.seed).rate(perSecond);
	}

	Load send(LoadSpec load) {
		Load started = Load.start(load.firstId(this.nextId));
		// Ids of the next load.
		this.nextId += 100_000_000;
		this.loads.add(started);
		return started;
	}

	/**
	 * End all loads.
	 */
	void stopLoads() {
		this.loads.forEach((load) -> this.sent.add(load.stop()));
		this.loads.clear();
	}

	/**
	 * Send no more, and wait until every group has committed all that there is.
	 */
	void quiesce() {
		stopLoads();
		awaitCommitted(Duration.ofMinutes(3));
	}

	void awaitCommitted(Duration timeout) {
		SortedMap<Integer, Long> ends = admin().endOffsets(this.topic);
		long deadline = System.nanoTime() + timeout.toNanos();
		for (String group : this.spec.groups()) {
			if (!poll(() -> admin().committed(group, this.topic).equals(ends),
					Duration.ofNanos(deadline - System.nanoTime()))) {
				expect(false, group + " has not committed everything within " + timeout + ": "
						+ admin().committed(group, this.topic) + ", expected " + ends);
			}
		}
	}

	/**
	 * Wait for a condition.
	 */
	void await(BooleanSupplier condition, Duration timeout, Supplier<String> what) {
		if (!poll(condition, timeout)) {
			throw new IllegalStateException("After " + timeout + ": " + what.get());
		}
	}

	private boolean poll(BooleanSupplier condition, Duration timeout) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > timeout.toNanos()) {
				return false;
			}
			pass(Duration.ofMillis(100));
		}
		return true;
	}

	/**
	 * Let a time pass that chance decides.
	 */
	void passBetween(Duration least, Duration most) {
		pass(Duration.ofNanos(this.random.nextLong(least.toNanos(), most.toNanos())));
	}

	/**
	 * Let time pass.
	 */
	void pass(Duration time) {
		try {
			Thread.sleep(time.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Wait until every group has committed where each partition begins.
	 */
	void awaitStartPositions() {
		int partitions = admin().partitions(this.topic);
		for (String group : this.spec.groups()) {
			await(() -> admin().committed(group, this.topic).size() == partitions, SETTLE,
					() -> group + " has committed the start of " + admin().committed(group, this.topic));
		}
	}

	/**
	 * Processor time that a process has taken.
	 */
	Duration cpu(ApplicationProcess process) {
		return ProcessHandle.of(process.pid())
			.flatMap((handle) -> handle.info().totalCpuDuration())
			.orElse(Duration.ZERO);
	}

	/**
	 * How many lines of the running processes' logs have a text.
	 */
	long logged(String text) {
		return this.running.stream().mapToLong((process) -> {
			try (Stream<String> lines = Files.lines(process.log())) {
				return lines.filter((line) -> line.contains(text)).count();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}).sum();
	}

	/**
	 * Where the groups have to begin, other than at the beginning of each partition, as
	 * groups with {@code earliest} do.
	 * @param offsets by partition
	 */
	void begins(Map<Integer, Long> offsets) {
		this.starts = Map.copyOf(offsets);
	}

	/**
	 * The first offset of a partition that is due.
	 */
	long firstDue(int partition) {
		return this.starts.getOrDefault(partition, 0L);
	}

	/**
	 * The topic was created anew.
	 * @param first what the former topic held
	 * @param span from before the deletion until it was there again
	 */
	void recreated(Truth first, Span span) {
		this.formerTruth = first;
		this.recreation = span;
	}

	/**
	 * Messages that were handled and are not in the topic any more.
	 */
	void removed(SortedMap<Integer, List<StoredMessage>> messages) {
		this.removed = messages;
	}

	/**
	 * What the topic holds now, and what handlers may have seen before it was removed.
	 */
	Truth truth() {
		Truth.Builder truth = Truth.builder();
		SortedMap<Integer, List<StoredMessage>> now = admin().messages(this.topic);
		admin().endOffsets(this.topic).forEach((partition, end) -> {
			Stream
				.concat(this.removed.getOrDefault(partition, List.of()).stream(),
						now.getOrDefault(partition, List.of()).stream())
				.forEach((message) -> add(truth, message));
			truth.end(partition, end);
		});
		return truth.build();
	}

	private static void add(Truth.Builder truth, StoredMessage message) {
		if (message.valid()) {
			truth.message(message.partition(), message.offset(), message.id());
		}
		else {
			truth.invalid(message.partition(), message.offset());
		}
	}

	@Nullable Truth formerTruth() {
		return this.formerTruth;
	}

	@Nullable Span recreation() {
		return this.recreation;
	}

	/**
	 * Stop all applications.
	 */
	void stopAll() {
		running().forEach(this::terminate);
	}

	@Override
	public void close() {
		this.loads.forEach(Load::close);
		this.all.forEach(ApplicationProcess::close);
	}

}
