package io.baseplate.kafka.chaos.row;

import java.time.Duration;

import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.check.FaultKind;
import io.baseplate.kafka.chaos.check.Repeats;
import io.baseplate.kafka.chaos.process.ApplicationProcess;
import io.baseplate.kafka.chaos.process.Span;
import io.baseplate.kafka.chaos.process.Works;

/**
 * Handlers leave interrupts behind, and others ignore the interrupt of the stop.
 */
final class StubbornHandler implements Row {

	@Override
	public String name() {
		return "stubborn-handler";
	}

	@Override
	public String fault() {
		return "interrupts from user code, handlers that swallow interrupts at stop";
	}

	@Override
	public Expectations expectations() {
		return Expectations.faults().withRepeats(Repeats.UNCOMMITTED).withLeftBehind(1);
	}

	@Override
	public void run(Run run) {
		run.tune((spec) -> spec.stopTimeout(Duration.ofSeconds(4)));
		run.createTopic(12);
		run.start(1);
		run.send(run.load(100).works(Works.none().and(0.1, "interrupt")))
			.awaitAcknowledged(200 + run.random().nextInt(200), Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(1).works(Works.always("swallow:12000"))).awaitAcknowledged(1, Duration.ofSeconds(30));
		run.stopLoads();
		run.send(run.load(100));
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
		ApplicationProcess stubborn = run.any();
		long from = System.nanoTime();
		run.terminate(stubborn);
		Span stop = new Span(from, System.nanoTime());
		run.fault(FaultKind.OVERRUN, stubborn, stop);
		run.expect(stop.length().toMillis() < 8000, "the stop took " + stop.length() + " with a stop-timeout of 4 s");
		run.launch().awaitRunning(Run.START);
		run.pass(Duration.ofSeconds(1));
	}

}
