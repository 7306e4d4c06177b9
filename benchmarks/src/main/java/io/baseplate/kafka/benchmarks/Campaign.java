package io.baseplate.kafka.benchmarks;

import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

import io.baseplate.kafka.benchmarks.run.Measurement;
import io.baseplate.kafka.benchmarks.run.Observing;
import io.baseplate.kafka.benchmarks.run.RunAnswer;
import io.baseplate.kafka.benchmarks.run.RunSpec;
import io.baseplate.kafka.benchmarks.run.StackKind;
import io.baseplate.kafka.benchmarks.run.StackSpec;
import io.baseplate.kafka.benchmarks.run.Work;
import org.jspecify.annotations.Nullable;

/**
 * Runs the rounds of the workloads: all stacks of a round one after the other (A B C A B
 * C), each in a JVM of its own, on one broker. The broker is started with the first round
 * that has to be run.
 */
final class Campaign implements AutoCloseable {

	private static final String FULL_TOPIC = "full";

	/**
	 * The first JDK with virtual threads.
	 */
	private static final int VIRTUAL_THREADS = 21;

	private final BenchmarkSettings settings;

	private final ResultsFile results;

	private final Path logs;

	private final List<String> problems = new ArrayList<>();

	private @Nullable BrokerJvm broker;

	private boolean filled;

	private boolean warmed;

	Campaign(BenchmarkSettings settings, ResultsFile results, Path logs) {
		this.settings = settings;
		this.results = results;
		this.logs = logs;
	}

	/**
	 * Run what has no results yet.
	 * @param workload the workload
	 */
	void run(Workload workload) throws ExecutionException, InterruptedException {
		List<Contender> contenders = contenders(workload);
		if (contenders.isEmpty()) {
			return;
		}
		for (int round = 1; round <= this.settings.rounds(); round++) {
			if (this.results.isComplete(workload, round, contenders.stream().map(Contender::name).toList())) {
				say("%s round %d has results".formatted(workload, round));
				continue;
			}
			BrokerJvm broker = broker();
			prepare(broker, workload);
			this.results.begin(workload, round);
			for (Contender contender : contenders) {
				run(broker, workload, round, contender);
			}
		}
	}

	private List<Contender> contenders(Workload workload) {
		List<Contender> wanted = new ArrayList<>();
		int feature = JavaHome.feature(this.settings.java());
		for (Contender contender : workload.contenders()) {
			if (!this.settings.wants(contender)) {
				continue;
			}
			if (contender.stack().virtualThreads() && feature < VIRTUAL_THREADS) {
				say("%s %s is left out: JDK %d has no virtual threads".formatted(workload, contender.name(), feature));
			}
			else {
				wanted.add(contender);
			}
		}
		return wanted;
	}

	private BrokerJvm broker() throws InterruptedException {
		BrokerJvm broker = this.broker;
		if (broker == null) {
			broker = BrokerJvm.start(this.settings.java(), this.settings.directory());
			this.broker = broker;
		}
		return broker;
	}

	private void prepare(BrokerJvm broker, Workload workload) throws ExecutionException, InterruptedException {
		if (!this.filled) {
			say("filling a topic with %,d messages".formatted(this.settings.messages()));
			new Topics(broker.address()).fill(FULL_TOPIC, this.settings.messages());
			this.filled = true;
		}
		if (workload.isBoundByCommits() && !this.warmed) {
			say("warming the broker's commit path for %.0f s".formatted(this.settings.brokerWarmSeconds()));
			StackSpec raw = new StackSpec(StackKind.RAW, "each", 0, 1, Observing.OFF, false);
			RunAnswer answer = client().run("warm-up", new RunSpec(broker.address(), broker.pid(), FULL_TOPIC, raw,
					Work.NOTHING, 0, this.settings.brokerWarmSeconds(), 1));
			if (answer.measurement() == null) {
				throw new IllegalStateException("The broker cannot be warmed: " + answer.problems());
			}
			this.warmed = true;
		}
	}

	private void run(BrokerJvm broker, Workload workload, int round, Contender contender)
			throws ExecutionException, InterruptedException {
		String name = "%s-%d-%s".formatted(workload.name().toLowerCase(Locale.ROOT), round, contender.name());
		String topic = FULL_TOPIC;
		if (workload.rate() > 0) {
			topic = name + "-" + System.currentTimeMillis();
			new Topics(broker.address()).create(topic + "-warm");
			new Topics(broker.address()).create(topic + "-measured");
		}
		RunAnswer answer = client().run(name,
				new RunSpec(broker.address(), broker.pid(), topic, contender.stack(), workload.work(), workload.rate(),
						this.settings.warmSeconds() * workload.warmFactor(),
						this.settings.seconds() * workload.windowFactor()));
		this.results.add(new RunResult(workload, round, contender.name(), answer.measurement(), answer.problems()));
		Measurement measurement = answer.measurement();
		if (measurement != null) {
			say("%s: %s".formatted(name, summary(workload, measurement)));
		}
		else {
			String problem = "%s: %s".formatted(name, String.join("; ", answer.problems()));
			this.problems.add(problem);
			say(problem);
		}
	}

	private static String summary(Workload workload, Measurement measurement) {
		Double value = workload.figure().of(measurement);
		return String.format(Locale.ROOT, (workload.figure() == Figure.RATE) ? "%,.0f/s" : "p50 %,.0f µs", value);
	}

	private ClientJvm client() {
		return new ClientJvm(this.settings.java(), this.logs);
	}

	/**
	 * What could not be measured, or was not as it should be.
	 * @return a line each
	 */
	List<String> problems() {
		return List.copyOf(this.problems);
	}

	private static void say(String text) {
		System.out.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + " " + text);
	}

	@Override
	public void close() {
		if (this.broker != null) {
			this.broker.close();
		}
	}

}
