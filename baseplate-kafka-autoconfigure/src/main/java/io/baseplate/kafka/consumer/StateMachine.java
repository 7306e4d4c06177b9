package io.baseplate.kafka.consumer;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import io.baseplate.kafka.ConsumerState;
import org.jspecify.annotations.Nullable;

import static io.baseplate.kafka.ConsumerState.CREATED;
import static io.baseplate.kafka.ConsumerState.FAILED;
import static io.baseplate.kafka.ConsumerState.PAUSED;
import static io.baseplate.kafka.ConsumerState.RESTARTING;
import static io.baseplate.kafka.ConsumerState.RUNNING;
import static io.baseplate.kafka.ConsumerState.STARTING;
import static io.baseplate.kafka.ConsumerState.STOPPED;
import static io.baseplate.kafka.ConsumerState.STOPPING;

/**
 * The state of a consumer and the reason for it. A transition that does not exist is
 * refused, so that of two who want different things one loses. Any thread.
 */
final class StateMachine {

	private static final Map<ConsumerState, Set<ConsumerState>> TRANSITIONS = new EnumMap<>(ConsumerState.class);

	static {
		TRANSITIONS.put(CREATED, EnumSet.of(STARTING));
		TRANSITIONS.put(STARTING, EnumSet.of(RUNNING, STOPPING, STOPPED, FAILED, RESTARTING));
		TRANSITIONS.put(RUNNING, EnumSet.of(PAUSED, STOPPING));
		TRANSITIONS.put(PAUSED, EnumSet.of(RUNNING, STOPPING));
		TRANSITIONS.put(STOPPING, EnumSet.of(STOPPED, FAILED, RESTARTING));
		TRANSITIONS.put(RESTARTING, EnumSet.of(STARTING, STOPPED, FAILED));
		TRANSITIONS.put(STOPPED, EnumSet.of(STARTING));
		TRANSITIONS.put(FAILED, EnumSet.of(STARTING));
	}

	private final BiConsumer<ConsumerState, ConsumerState> listener;

	private volatile Current current = new Current(CREATED, null);

	/**
	 * Create a new instance in state {@code CREATED}.
	 * @param listener is told every transition, in order, on the thread that made it
	 */
	StateMachine(BiConsumer<ConsumerState, ConsumerState> listener) {
		this.listener = listener;
	}

	Current current() {
		return this.current;
	}

	ConsumerState state() {
		return this.current.state();
	}

	/**
	 * Move to another state, where that is possible from this one.
	 * @param to the state
	 * @param reason why, or {@code null} where it is on purpose
	 * @return whether the state is now the one asked for because of this call
	 */
	synchronized boolean moveTo(ConsumerState to, @Nullable String reason) {
		ConsumerState from = this.current.state();
		if (!isPossible(from, to)) {
			return false;
		}
		this.current = new Current(to, reason);
		this.listener.accept(from, to);
		return true;
	}

	/**
	 * Move from one state to another, for those who may not move from any other.
	 * @param from the state
	 * @param to the next state
	 * @return whether the state is now the one asked for because of this call
	 */
	synchronized boolean move(ConsumerState from, ConsumerState to) {
		return state() == from && moveTo(to, null);
	}

	static boolean isPossible(ConsumerState from, ConsumerState to) {
		return TRANSITIONS.getOrDefault(from, Set.of()).contains(to);
	}

	/**
	 * A state with its reason.
	 *
	 * @param state the state
	 * @param reason why, or {@code null} where it is on purpose
	 */
	record Current(ConsumerState state, @Nullable String reason) {
	}

}
