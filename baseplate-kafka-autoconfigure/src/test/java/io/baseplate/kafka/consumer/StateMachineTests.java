package io.baseplate.kafka.consumer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.baseplate.kafka.ConsumerState;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static io.baseplate.kafka.ConsumerState.CREATED;
import static io.baseplate.kafka.ConsumerState.FAILED;
import static io.baseplate.kafka.ConsumerState.PAUSED;
import static io.baseplate.kafka.ConsumerState.RESTARTING;
import static io.baseplate.kafka.ConsumerState.RUNNING;
import static io.baseplate.kafka.ConsumerState.STARTING;
import static io.baseplate.kafka.ConsumerState.STOPPED;
import static io.baseplate.kafka.ConsumerState.STOPPING;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The states and the ways between them, over random walks. A failure names its seed.
 */
class StateMachineTests {

	private static final Map<ConsumerState, Set<ConsumerState>> WAYS = Map.of(CREATED, Set.of(STARTING), STARTING,
			Set.of(RUNNING, STOPPING, STOPPED, FAILED, RESTARTING), RUNNING, Set.of(PAUSED, STOPPING), PAUSED,
			Set.of(RUNNING, STOPPING), STOPPING, Set.of(STOPPED, FAILED, RESTARTING), RESTARTING,
			Set.of(STARTING, STOPPED, FAILED), STOPPED, Set.of(STARTING), FAILED, Set.of(STARTING));

	@RepeatedTest(50)
	void onlyTheDocumentedWaysArePossibleAndEachIsToldOnce(RepetitionInfo repetition) {
		long seed = 20261124L + repetition.getCurrentRepetition();
		Random random = new Random(seed);
		List<String> told = new ArrayList<>();
		StateMachine machine = new StateMachine((from, to) -> told.add(from + " " + to));
		List<String> expected = new ArrayList<>();
		ConsumerState state = CREATED;
		for (int step = 0; step < 500; step++) {
			ConsumerState to = ConsumerState.values()[random.nextInt(ConsumerState.values().length)];
			boolean possible = WAYS.get(state).contains(to);
			assertThat(machine.moveTo(to, "reason " + step)).as("seed %d: %s to %s", seed, state, to)
				.isEqualTo(possible);
			if (possible) {
				expected.add(state + " " + to);
				state = to;
				assertThat(machine.current().reason()).isEqualTo("reason " + step);
			}
			assertThat(machine.state()).isEqualTo(state);
		}
		assertThat(told).isEqualTo(expected);
	}

	@Test
	void ofTwoWhoWantDifferentThingsAtOnceTheTransitionsStillFormOneWay() throws Exception {
		List<String> told = Collections.synchronizedList(new ArrayList<>());
		StateMachine machine = new StateMachine((from, to) -> told.add(from + " " + to));
		CountDownLatch go = new CountDownLatch(1);
		ExecutorService executor = Executors.newFixedThreadPool(8);
		try {
			List<Future<?>> walkers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				Random random = new Random(i);
				walkers.add(executor.submit(() -> {
					go.await();
					for (int step = 0; step < 2000; step++) {
						machine.moveTo(ConsumerState.values()[random.nextInt(ConsumerState.values().length)], null);
					}
					return null;
				}));
			}
			go.countDown();
			for (Future<?> walker : walkers) {
				walker.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(told).isNotEmpty();
		String state = CREATED.name();
		for (String transition : told) {
			assertThat(transition).startsWith(state + " ");
			state = transition.substring(transition.indexOf(' ') + 1);
		}
		assertThat(machine.state().name()).isEqualTo(state);
	}

}
