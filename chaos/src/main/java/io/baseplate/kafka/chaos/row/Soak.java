package io.baseplate.kafka.chaos.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.journal.JournalReader;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.BrokerOptions;
import io.baseplate.kafka.chaos.process.BrokerProcess;
import io.baseplate.kafka.chaos.process.Load;
import io.baseplate.kafka.chaos.process.NetworkFaults;
import io.baseplate.kafka.chaos.process.Span;
import io.baseplate.kafka.chaos.row.Growth.Resource;
import io.baseplate.kafka.chaos.row.Growth.Sample;

/**
 * A long time, in which three instances handle many messages in both modes, and once a
 * minute something breaks: one of the three is replaced in either way, or the network or
 * the broker is away. Two instances live through all of it, and must not grow. Not one of
 * all rows, because it takes as long as many of them.
 */
final class Soak implements Row {

	/**
	 * Both modes, each with its default and under both protocols.
	 */
	static final Cell[] CELLS = { Cell.EACH_MESSAGE_CLASSIC, Cell.CONTINUOUS_CONSUMER, Cell.READ_CLASSIC,
			Cell.PROCESSED_CONSUMER };

	private static final Duration BETWEEN_FAULTS = Duration.ofMinutes(1);

	private static final int HEAP_SAMPLES = 100;

	/**
	 * So many that most messages have one of their own: what is kept for each key would
	 * be noticed.
	 */
	private static final int KEYS = 1_000_000;

	private final Duration duration;

	private final long messages;

	/**
	 * A soak.
	 * @param duration how long messages are sent
	 * @param messages how many are handled in all cells together
	 */
	Soak(Duration duration, long messages) {
		this.duration = duration;
		this.messages = messages;
	}

	/**
	 * As system properties say: {@code chaos.soak.duration} (ISO 8601, twenty minutes
	 * where it is missing) and {@code chaos.soak.messages} (two million).
	 */
	static Soak configured() {
		return new Soak(Duration.parse(System.getProperty("chaos.soak.duration", "PT20M")),
				Long.getLong("chaos.soak.messages", 2_000_000));
	}

	@Override
	public String name() {
		return "soak";
	}

	@Override
	public String fault() {
		return "%d messages in %d minutes, 3 instances, random faults".formatted(this.messages,
				this.duration.toMinutes());
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED).withRecovery(Duration.ofSeconds(48));
	}

	@Override
	public BrokerOptions brokerOptions() {
		return BrokerOptions.defaults().sessionTimeout(BrokerOptions.LONG_SESSION);
	}

	@Override
	public void run(Run run) {
		long toSend = this.messages / CELLS.length;
		// A heap that is touched from the beginning: what then grows is something else.
		run.tune((spec) -> spec.cells(CELLS)
			.heapInterval(this.duration.dividedBy(HEAP_SAMPLES))
			.property("baseplate.kafka.observation.reader", "true")
			.jvm("-Xms256m")
			.jvm("-XX:+AlwaysPreTouch"));
		run.createTopic(12);
		run.start(3);
		List<ApplicationProcess> lasting = run.running().subList(0, 2);
		long begun = System.nanoTime();
		Load load = run.send(run.load(Math.toIntExact(toSend * 1000 / this.duration.toMillis() + 1)).keys(KEYS));
		long faults = Math.max(1, this.duration.dividedBy(BETWEEN_FAULTS) - 1);
		List<Consumer<Run>> kinds = shuffled(run);
		for (int i = 0; i < faults; i++) {
			Duration due = this.duration.multipliedBy(i + 1).dividedBy(faults + 1);
			Duration early = due.minusNanos(System.nanoTime() - begun);
			run.pass(early.isNegative() ? Duration.ZERO : early);
			kinds.get(i % kinds.size()).accept(run);
			run.settle();
		}
		run.await(() -> load.sent() >= toSend, this.duration, () -> "sent " + load.sent() + " of " + toSend);
		run.quiesce();
		Duration taken = Duration.ofNanos(System.nanoTime() - begun);
		run.note("messages sent", Long.toString(load.sent()));
		run.note("faults", Long.toString(faults));
		run.note("handled within", taken.toSeconds() + " s");
		judge(run, lasting);
	}

	/**
	 * Each kind of fault before any comes again, in an order of the seed.
	 */
	private static List<Consumer<Run>> shuffled(Run run) {
		List<Consumer<Run>> kinds = new ArrayList<>(List.of((any) -> replace(any, Run::terminate),
				(any) -> replace(any, Run::kill), (any) -> disturb(any, NetworkFaults::stall),
				(any) -> disturb(any, NetworkFaults::reset), Soak::hang, Soak::killBroker));
		Collections.shuffle(kinds, new Random(run.random().nextLong()));
		return kinds;
	}

	private static void replace(Run run, BiConsumer<Run, ApplicationProcess> end) {
		end.accept(run, run.running().get(2));
		run.launch().awaitRunning(Run.START);
	}

	private static void disturb(Run run, Function<NetworkFaults, Span> fault) {
		NetworkFaults network = run.cluster().network();
		Span begun = fault.apply(network);
		run.passBetween(Duration.ofMillis(500), Duration.ofSeconds(6));
		run.fault(FaultKind.NETWORK, null, begun, network.heal());
	}

	private static void hang(Run run) {
		BrokerProcess broker = run.cluster().broker(1);
		Span paused = broker.pause();
		run.passBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
		run.fault(FaultKind.BROKER_PAUSED, null, paused, broker.resume());
	}

	private static void killBroker(Run run) {
		BrokerProcess broker = run.cluster().broker(1);
		Span killed = broker.kill();
		run.passBetween(Duration.ZERO, Duration.ofSeconds(5));
		run.fault(FaultKind.BROKER_KILLED, null, killed, broker.start());
	}

	private void judge(Run run, List<ApplicationProcess> lasting) {
		List<Growth> all = new ArrayList<>();
		lasting.forEach((process) -> all.addAll(growth(process)));
		all.forEach((growth) -> run.expect(growth.isFlat(), growth.toString()));
		try {
			Files.writeString(run.spec().directory().resolve("growth.md"), Growth.markdown(all));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		System.out.print(Growth.markdown(all));
	}

	private static List<Growth> growth(ApplicationProcess process) {
		Map<Resource, List<Sample>> samples = new EnumMap<>(Resource.class);
		for (Resource resource : Resource.values()) {
			samples.put(resource, new ArrayList<>());
		}
		JournalReader.open(process.journal())
			.forEach((slot, type, nanos, cell, partition, offset, id, value) -> samples.forEach((resource, of) -> {
				if (type == resource.type()) {
					of.add(new Sample(nanos, value));
				}
			}));
		List<Growth> growth = new ArrayList<>();
		samples.forEach((resource, of) -> growth.add(Growth.of(process.name(), resource, of)));
		return growth;
	}

}
