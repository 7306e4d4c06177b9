package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.chaos.check.FaultKind.Effect;
import org.jspecify.annotations.Nullable;

/**
 * Finds a cause for each restart, where each cause explains only so many. A restart may
 * have several possible causes, and which of them was the real one cannot be known; so as
 * many restarts as possible are given one (a matching, by augmenting paths), and only
 * what is left in every distribution is unexplained.
 */
final class Attribution {

	/**
	 * After so many unexplained restarts nobody wants to know whether another
	 * distribution would explain some of the rest.
	 */
	private static final int ENOUGH = 100;

	private final History history;

	private final Causes causes;

	private final boolean eachMessage;

	private final int bound;

	/**
	 * By cause what it explains.
	 */
	private final Map<Key, List<Restart>> explained = new HashMap<>();

	private int unexplained;

	Attribution(History history, Causes causes) {
		this.history = history;
		this.causes = causes;
		this.eachMessage = history.cell().commit() == CommitStrategy.EACH_MESSAGE;
		this.bound = this.eachMessage ? 1 : history.limits().maxUncommitted();
	}

	/**
	 * Explain restarts.
	 * @param restarts the restarts
	 * @param unexplained is told each restart that has no cause left, and what was
	 * expected instead
	 */
	void explain(List<Restart> restarts, BiConsumer<Restart, String> unexplained) {
		for (Restart restart : restarts) {
			List<Key> keys = restart.isRetry() ? null : keys(restart);
			if (keys != null && !find(restart, keys, new HashSet<>())) {
				this.unexplained++;
				unexplained.accept(restart, expected(restart, keys));
			}
		}
	}

	private boolean find(Restart restart, List<Key> keys, Set<Key> tried) {
		for (Key key : keys) {
			List<Restart> explained = this.explained.computeIfAbsent(key, (absent) -> new ArrayList<>());
			if (explained.size() < this.bound) {
				explained.add(restart);
				return true;
			}
		}
		if (this.unexplained > ENOUGH) {
			return false;
		}
		for (Key key : keys) {
			if (tried.add(key)) {
				List<Restart> explained = this.explained.get(key);
				for (int i = 0; explained != null && i < explained.size(); i++) {
					List<Key> others = keys(explained.get(i));
					if (others != null && find(explained.get(i), others, tried)) {
						explained.set(i, restart);
						return true;
					}
				}
			}
		}
		return false;
	}

	/**
	 * The causes that a restart can have, those first that are most likely.
	 * @return {@code null} where one of them explains any number
	 */
	private @Nullable List<Key> keys(Restart restart) {
		List<Key> keys = new ArrayList<>();
		for (int process : new int[] { restart.former(), restart.latter() }) {
			for (Cause cause : this.causes.of(process)) {
				if (restart.isExplainedBy(cause, process)) {
					if (cause.effect() != Effect.CRASH && cause.effect() != Effect.PAUSE) {
						return null;
					}
					Key key = new Key(cause, process, this.eachMessage ? null : restart.partition());
					if (!keys.contains(key)) {
						keys.add(key);
					}
				}
			}
		}
		return keys;
	}

	private String expected(Restart restart, List<Key> keys) {
		if (keys.isEmpty()) {
			return "nothing handled again without a cause: " + this.history.process(restart.former())
					+ " was not killed and had no fault before";
		}
		return "at most " + this.bound + (this.eachMessage ? "" : " of a partition") + " for "
				+ keys.get(0).cause().description();
	}

	private record Key(Cause cause, int process, @Nullable PartitionHistory partition) {
	}

}
