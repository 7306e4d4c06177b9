package io.baseplate.kafka.benchmarks.client;

import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

import io.baseplate.kafka.benchmarks.run.Order;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VerificationTests {

	private static final long[] ENDS = { 3, 2 };

	private final Deliveries deliveries = new Deliveries(ENDS, 10, Order.PARTITION);

	@Test
	void everythingHandledOnceInOrderAndCommittedIsFine() {
		handle(0, 0, 1, 2);
		handle(1, 0, 1);
		assertThat(check(true, 3, 2)).isEmpty();
	}

	@Test
	void aStackThatWasStoppedIsFineUpToWhereItCommitted() {
		handle(0, 0, 1);
		assertThat(check(false, 2, 0)).isEmpty();
		assertThat(check(true, 2, 0)).containsExactly("partition 0: committed 2, but it ends at 3",
				"partition 1: committed 0, but it ends at 2");
	}

	@Test
	void whatIsCommittedAndNotHandledIsLost() {
		handle(0, 0, 1);
		assertThat(check(false, 3, 0)).containsExactly("partition 0: 1 messages committed and not handled");
	}

	@Test
	void whatIsHandledAndNotCommittedWouldBeRepeated() {
		handle(0, 0, 1, 2);
		assertThat(check(false, 1, 0))
			.containsExactly("partition 0: 2 messages handled and not committed (committed is 1)");
	}

	@Test
	void whatIsCommittedBehindGapsIsCommitted() {
		Deliveries unordered = new Deliveries(ENDS, 10, Order.NONE);
		unordered.handled(0, 0, 0);
		unordered.handled(0, 2, 0);
		assertThat(Verification.check(unordered, List.of(new Committed(1, 2, Set.of(1L)), Committed.before(0)), ENDS,
				false))
			.isEmpty();
		assertThat(
				Verification.check(unordered, List.of(new Committed(1, 2, Set.of()), Committed.before(0)), ENDS, false))
			.containsExactly("partition 0: 1 messages committed and not handled");
		assertThat(Verification.check(unordered, List.of(new Committed(1, 2, Set.of(1L, 2L)), Committed.before(0)),
				ENDS, false))
			.containsExactly("partition 0: 1 messages handled and not committed (committed is 1)");
	}

	@Test
	void whatIsHandledTwiceIsARepetitionAndADisorder() {
		handle(0, 0, 1, 1);
		assertThat(check(false, 2, 0)).containsExactly("1 messages not in the order of their PARTITION",
				"partition 0: 1 messages handled more than once");
	}

	@Test
	void aMessageThatIsSkippedIsADisorderToo() {
		handle(0, 0, 2);
		assertThat(check(false, 3, 0)).containsExactly("1 messages not in the order of their PARTITION",
				"partition 0: 1 messages committed and not handled");
	}

	@Test
	void whatTheTopicDoesNotHaveIsNotAccountedFor() {
		handle(0, 0, 1, 2, 3);
		assertThat(check(false, 3, 0)).containsExactly("4 calls of handlers, but 3 are accounted for",
				"1 messages that the topic does not have");
	}

	@Test
	void aStackThatHandlesNothingProvesNothing() {
		assertThat(check(false, 0, 0)).containsExactly("nothing was handled");
	}

	@Test
	void theOrderOfKeysLetsOtherKeysOvertake() {
		Deliveries byKey = new Deliveries(ENDS, 10, Order.KEY);
		byKey.handled(0, 1, 4);
		byKey.handled(0, 0, 8);
		byKey.handled(0, 2, 8);
		assertThat(Verification.check(byKey, committed(3, 0), ENDS, false)).isEmpty();
	}

	@Test
	void messagesOfOneKeyMustNotOvertakeEachOther() {
		Deliveries byKey = new Deliveries(ENDS, 10, Order.KEY);
		byKey.handled(0, 1, 4);
		byKey.handled(0, 0, 4);
		byKey.handled(0, 2, 8);
		assertThat(Verification.check(byKey, committed(3, 0), ENDS, false))
			.containsExactly("1 messages not in the order of their KEY");
	}

	@Test
	void withoutAnOrderAnyOrderIsFine() {
		Deliveries unordered = new Deliveries(ENDS, 10, Order.NONE);
		unordered.handled(0, 2, 0);
		unordered.handled(0, 0, 0);
		unordered.handled(0, 1, 0);
		assertThat(Verification.check(unordered, committed(3, 0), ENDS, false)).isEmpty();
	}

	private void handle(int partition, long... offsets) {
		for (long offset : offsets) {
			this.deliveries.handled(partition, offset, 0);
		}
	}

	private List<String> check(boolean all, long... committed) {
		return Verification.check(this.deliveries, committed(committed), ENDS, all);
	}

	private static List<Committed> committed(long... offsets) {
		return LongStream.of(offsets).mapToObj(Committed::before).toList();
	}

}
