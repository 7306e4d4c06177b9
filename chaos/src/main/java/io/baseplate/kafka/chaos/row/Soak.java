package io.baseplate.kafka.chaos.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.journal.JournalReader;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.Load;
import io.baseplate.kafka.chaos.row.Growth.Resource;
import io.baseplate.kafka.chaos.row.Growth.Sample;

/**
 * Nothing is broken for a long time: three instances handle many messages in both modes,
 * and one of the three is replaced again and again, so that the others go through two
 * rebalances each time. These two must not grow. Not one of all rows, because it takes as
 * long as many of them.
 */
final class Soak implements Row {

	/**
	 * Both modes, each with its default and under both protocols.
	 */
	static final Cell[] CELLS = { Cell.EACH_MESSAGE_CLASSIC, Cell.CONTINUOUS_CONSUMER, Cell.READ_CLASSIC,
			Cell.PROCESSED_CONSUMER };

	private static final Duration BETWEEN_REPLACEMENTS = Duration.ofMinutes(1);

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
	 * As system properties say: {@code chaos.soak.duration} (ISO 8601, ten minutes where
	 * it is missing) and {@code chaos.soak.messages} (two million).
	 */
	static Soak configured() {
		return new Soak(Duration.parse(System.getProperty("chaos.soak.duration", "PT10M")),
				Long.getLong("chaos.soak.messages", 2_000_000));
	}

	@Override
	public String name() {
		return "soak";
	}

	@Override
	public String fault() {
		return "%d messages in %d minutes, 3 instances, one of them replaced again and again".formatted(this.messages,
				this.duration.toMinutes());
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
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
		long replacements = Math.max(1, this.duration.dividedBy(BETWEEN_REPLACEMENTS) - 1);
		for (long i = 1; i <= replacements; i++) {
			Duration due = this.duration.multipliedBy(i).dividedBy(replacements + 1);
			Duration early = due.minusNanos(System.nanoTime() - begun);
			run.pass(early.isNegative() ? Duration.ZERO : early);
			run.terminate(run.running().get(2));
			run.launch().awaitRunning(Run.START);
			run.settle();
		}
		run.await(() -> load.sent() >= toSend, this.duration, () -> "sent " + load.sent() + " of " + toSend);
		run.quiesce();
		Duration taken = Duration.ofNanos(System.nanoTime() - begun);
		run.note("messages sent", Long.toString(load.sent()));
		run.note("replacements", Long.toString(replacements));
		run.note("handled within", taken.toSeconds() + " s");
		judge(run, lasting);
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
