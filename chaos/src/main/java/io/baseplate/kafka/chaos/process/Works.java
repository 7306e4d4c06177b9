package io.baseplate.kafka.chaos.process;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What the messages of a load tell their handlers to do: a mix, drawn from the load's
 * seed. Immutable.
 */
public final class Works {

	/**
	 * In place of a work: the body cannot be unpacked.
	 */
	public static final String INVALID = "invalid";

	private static final Works none = new Works("none", List.of());

	private final String usual;

	private final List<Share> shares;

	private Works(String usual, List<Share> shares) {
		this.usual = usual;
		this.shares = List.copyOf(shares);
	}

	/**
	 * Nothing, but for the sleep that all handlers have.
	 * @return the mix
	 */
	public static Works none() {
		return none;
	}

	/**
	 * The same for all.
	 * @param work {@code none}, {@code sleep:N}, {@code swallow:N}, {@code interrupt},
	 * {@code throw}, {@code poison}, {@code oom}, {@code halt}, or {@link #INVALID}
	 * @return the mix
	 */
	public static Works always(String work) {
		return new Works(work, List.of());
	}

	/**
	 * This mix, and now and then something else.
	 * @param share of all messages, between 0 and 1
	 * @param work the work
	 * @return the mix
	 */
	public Works and(double share, String work) {
		List<Share> all = new ArrayList<>(this.shares);
		all.add(new Share(share, work));
		return new Works(this.usual, all);
	}

	String draw(RandomGenerator random) {
		double point = random.nextDouble();
		for (Share share : this.shares) {
			point -= share.share;
			if (point < 0) {
				return share.work;
			}
		}
		return this.usual;
	}

	private record Share(double share, String work) {
	}

}
