package io.baseplate.kafka.chaos.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import io.baseplate.kafka.chaos.check.Invocations.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InvocationsTests {

	@Test
	void areSortedByTheirBeginningWithAllThatBelongsToThem() {
		Random random = new Random(3);
		for (int size : new int[] { 0, 1, 2, 3, 63, 64, 65, 1000 }) {
			List<Long> starts = new ArrayList<>();
			for (int i = 0; i < size; i++) {
				starts.add((long) i * 10);
			}
			for (int swaps : new int[] { 0, 3, size }) {
				for (int i = 0; i < swaps && size > 0; i++) {
					Collections.swap(starts, random.nextInt(size), random.nextInt(size));
				}
				Invocations invocations = new Invocations();
				for (long start : starts) {
					int index = invocations.begin((int) start % 7, (int) start, start);
					if (start % 3 != 0) {
						invocations.end(index, (start % 3 == 1) ? Outcome.ENDED : Outcome.FAILED, start + 5);
					}
				}
				invocations.sort();
				for (int i = 0; i < size; i++) {
					long start = i * 10L;
					assertThat(invocations.start(i)).isEqualTo(start);
					assertThat(invocations.message(i)).isEqualTo((int) start);
					assertThat(invocations.process(i)).isEqualTo((int) start % 7);
					assertThat(invocations.end(i)).isEqualTo((start % 3 != 0) ? start + 5 : Invocations.NEVER);
					assertThat(invocations.isHandled(i)).isEqualTo(start % 3 == 1);
				}
			}
		}
	}

	@Test
	void theFirstAfterAMomentBeginsAfterIt() {
		Invocations invocations = new Invocations();
		for (long start : new long[] { 10, 20, 20, 30 }) {
			invocations.begin(0, 0, start);
		}
		invocations.sort();
		assertThat(invocations.firstAfter(9)).isZero();
		assertThat(invocations.firstAfter(10)).isEqualTo(1);
		assertThat(invocations.firstAfter(20)).isEqualTo(3);
		assertThat(invocations.firstAfter(30)).isEqualTo(4);
	}

}
