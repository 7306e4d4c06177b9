package io.baseplate.kafka.chaos.row;

import java.util.List;
import java.util.stream.Stream;

/**
 * All rows of the fault matrix.
 */
final class Rows {

	private static final List<Row> all = List.of(new KillApplication(), new RollingRestart(), new Scale(),
			new BrokerKill(), new LeaderChange(), new BrokerHung(), new Network(), new Zombie(), new SlowHandler(),
			new LatestCrash(), new SlowMessage(), new PartitionsAdded(), new TopicRecreated(), new Gaps(),
			new OutOfRange(), new ThrowingHandler(), new OutOfMemory(), new StubbornHandler());

	private Rows() {
	}

	static List<Row> all() {
		return all;
	}

	/**
	 * Rows by name, those among them that are not of the matrix.
	 * @param names names between commas, empty for all rows of the matrix
	 */
	static List<Row> named(String names) {
		if (names.isBlank()) {
			return all;
		}
		return List.of(names.split(",")).stream().map(String::strip).map(Rows::get).toList();
	}

	private static Row get(String name) {
		return Stream.concat(all.stream(), Stream.of(Soak.configured(), new DefaultTimeouts()))
			.filter((row) -> row.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no row '" + name
					+ "': use soak, default-timeouts, or some of " + all.stream().map(Row::name).toList()));
	}

}
