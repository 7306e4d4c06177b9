package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.Truth;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.Span;

/**
 * The topic is deleted under the consumers, and created anew after a while.
 */
final class TopicRecreated implements Row {

	private static final Duration ABSENCE = Duration.ofSeconds(12);

	@Override
	public String name() {
		return "topic-recreated";
	}

	@Override
	public String fault() {
		return "topic deleted and created anew while running";
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.property("baseplate.kafka.properties.metadata.max.age.ms", "1000"));
		run.createTopic(6);
		run.send(run.load(100));
		run.start(1);
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
		run.quiesce();
		Truth first = run.truth();
		ApplicationProcess process = run.any();
		long from = System.nanoTime();
		run.admin().deleteTopic(run.topic());
		Health.awaitAll(run, process, Health.DOWN, Duration.ofSeconds(20));
		Duration before = run.cpu(process);
		run.pass(ABSENCE);
		double share = (double) run.cpu(process).minus(before).toNanos() / ABSENCE.toNanos();
		run.note("CPU while the topic is gone", Math.round(share * 100) + " % of a core");
		run.expect(share < 0.5, "without its topic the application took " + share + " of a core: it spins");
		run.createTopic(6);
		run.recreated(first, new Span(from, System.nanoTime()));
		run.send(run.load(100));
		Health.awaitAll(run, process, Health.UP, Duration.ofSeconds(30));
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
	}

}
