package io.baseplate.kafka.consumer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

import io.baseplate.kafka.consumer.PartitionProgress.Point;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The frontier, against a naive model, over random histories. A failure names its seed.
 */
class PartitionProgressTests {

	private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

	@RepeatedTest(200)
	void theFrontierIsWhereANaiveModelHasIt(RepetitionInfo repetition) {
		long seed = 20261124L + repetition.getCurrentRepetition();
		Random random = new Random(seed);
		PartitionProgress progress = begun(random.nextInt(100));
		Model model = new Model(progress.position());
		List<Claimed> claimed = new ArrayList<>();
		List<RecordBatch> batches = new ArrayList<>();
		boolean sealed = false;
		for (int step = 0; step < 300; step++) {
			switch (random.nextInt(10)) {
				case 0, 1, 2 -> {
					if (!sealed) {
						batches.add(read(progress, model, random));
					}
				}
				case 3 -> {
					if (!sealed) {
						long next = progress.position() + random.nextInt(3);
						progress.skipTo(next, Optional.of(random.nextInt(5)));
						model.position = next;
					}
				}
				case 4, 5, 6 -> claim(batches, claimed, random);
				case 7, 8 -> {
					if (!claimed.isEmpty()) {
						Claimed done = claimed.remove(random.nextInt(claimed.size()));
						assertThat(done.batch.markDone(done.index)).isTrue();
						model.open.remove(done.batch.record(done.index).offset());
					}
				}
				default -> {
					if (random.nextInt(20) == 0) {
						progress.seal();
						sealed = true;
					}
				}
			}
			long frontier = progress.advance();
			assertThat(frontier).as("seed %d step %d", seed, step).isEqualTo(model.frontier(frontier));
			assertThat(progress.inFlight()).as("seed %d step %d", seed, step).isEqualTo(claimed.size());
			Point point = progress.point(false);
			assertThat(point.offset()).as("seed %d", seed).isEqualTo(frontier);
			assertThat(point.count()).as("seed %d", seed).isEqualTo(model.doneBefore());
		}
	}

	@Test
	void whenEverythingIsDoneTheFrontierIsThePositionWithItsEpoch() {
		PartitionProgress progress = begun(5);
		RecordBatch batch = progress.append(List.of(record(7, 1), record(9, 2)), 12, Optional.of(3));
		finish(batch, 0);
		assertThat(progress.point(false)).isEqualTo(new Point(8, Optional.of(1), 1));
		finish(batch, 1);
		assertThat(progress.point(false)).isEqualTo(new Point(12, Optional.of(3), 2));
		progress.skipTo(20, Optional.of(4));
		assertThat(progress.point(false)).isEqualTo(new Point(20, Optional.of(4), 2));
	}

	@Test
	void aMessageThatFailedHoldsTheFrontierForEver() {
		PartitionProgress progress = begun(0);
		RecordBatch batch = progress.append(List.of(record(0, 1), record(1, 1), record(2, 1)), 3, Optional.of(1));
		finish(batch, 0);
		finish(batch, 2);
		assertThat(batch.abandon(1)).isTrue();
		assertThat(batch.markDone(1)).isFalse();
		assertThat(progress.advance()).isEqualTo(1);
		assertThat(progress.inFlight()).isZero();
		assertThat(progress.firstOpen()).isEqualTo(1);
	}

	@Test
	void anOlderAcknowledgementNeverTakesTheCommittedOffsetBack() {
		PartitionProgress progress = begun(0);
		progress.acknowledged(new Point(10, Optional.empty(), 10));
		progress.acknowledged(new Point(4, Optional.empty(), 4));
		assertThat(progress.committed()).isEqualTo(10);
		assertThat(progress.committedCount()).isEqualTo(10);
	}

	@Test
	void underReadEverythingReadMayBeCommitted() {
		PartitionProgress progress = begun(0);
		progress.append(List.of(record(0, 1), record(1, 1)), 2, Optional.of(1));
		assertThat(progress.point(true)).isEqualTo(new Point(2, Optional.of(1), 2));
		assertThat(progress.uncommitted()).isEqualTo(2);
		progress.acknowledged(progress.point(true));
		assertThat(progress.uncommitted()).isZero();
	}

	@Test
	void offsetsBelowThePositionBeginANewIncarnation() {
		PartitionProgress progress = begun(10);
		progress.append(List.of(record(10, 1)), 11, Optional.of(1));
		assertThat(progress.isContinuedBy(11)).isTrue();
		assertThat(progress.isContinuedBy(15)).isTrue();
		assertThat(progress.isContinuedBy(10)).isFalse();
		assertThat(progress.isContinuedBy(0)).isFalse();
	}

	private static PartitionProgress begun(long position) {
		PartitionProgress progress = new PartitionProgress(PARTITION);
		progress.begin(position, Optional.empty(), position);
		return progress;
	}

	private static void finish(RecordBatch batch, int index) {
		batch.releaseAll();
		while (batch.claim() >= 0) {
			assertThat(batch.isExhausted() || batch.isClaimable()).isTrue();
		}
		assertThat(batch.markDone(index)).isTrue();
	}

	private static RecordBatch read(PartitionProgress progress, Model model, Random random) {
		List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
		long offset = progress.position();
		int count = 1 + random.nextInt(5);
		for (int i = 0; i < count; i++) {
			offset += random.nextInt(3);
			records.add(record(offset, random.nextInt(5)));
			model.open.put(offset, true);
			model.read.add(offset);
			offset++;
		}
		long next = offset + random.nextInt(3);
		model.position = next;
		RecordBatch batch = progress.append(records, next, Optional.of(random.nextInt(5)));
		batch.releaseAll();
		return batch;
	}

	private static void claim(List<RecordBatch> batches, List<Claimed> claimed, Random random) {
		if (!batches.isEmpty()) {
			RecordBatch batch = batches.get(random.nextInt(batches.size()));
			int index = batch.claim();
			if (index >= 0) {
				claimed.add(new Claimed(batch, index));
			}
		}
	}

	private static ConsumerRecord<byte[], byte[]> record(long offset, int epoch) {
		return new ConsumerRecord<>("topic", 0, offset, 0, TimestampType.CREATE_TIME, 0, 0, null, null,
				new RecordHeaders(), Optional.of(epoch));
	}

	private record Claimed(RecordBatch batch, int index) {
	}

	/**
	 * Every offset that was read and is not done.
	 */
	private static final class Model {

		private final TreeMap<Long, Boolean> open = new TreeMap<>();

		private final List<Long> read = new ArrayList<>();

		private long position;

		private Model(long position) {
			this.position = position;
		}

		/**
		 * Where the frontier must be: nowhere between the last message that is done with
		 * all before it, and the first that is not.
		 */
		private long frontier(long actual) {
			if (this.open.isEmpty()) {
				return this.position;
			}
			long first = this.open.firstKey();
			long last = this.read.stream().filter((offset) -> offset < first).reduce((a, b) -> b).orElse(-1L);
			return (actual <= first && actual > last) ? actual : first;
		}

		private long doneBefore() {
			if (this.open.isEmpty()) {
				return this.read.size();
			}
			long first = this.open.firstKey();
			return this.read.stream().filter((offset) -> offset < first).count();
		}

	}

}
