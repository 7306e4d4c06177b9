package io.baseplate.kafka.chaos.row;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.check.Expectations;
import io.baseplate.kafka.chaos.process.StoredMessage;

/**
 * What is committed is not there any more: retention has deleted messages that nobody had
 * read.
 */
final class OutOfRange implements Row {

	@Override
	public String name() {
		return "out-of-range";
	}

	@Override
	public String fault() {
		return "offset out of range after retention";
	}

	@Override
	public Expectations expectations() {
		return Expectations.clean();
	}

	@Override
	public void run(Run run) {
		run.createTopic(6);
		run.start(1);
		run.send(run.load(200)).awaitAcknowledged(400, Duration.ofSeconds(30));
		run.quiesce();
		run.stopAll();
		SortedMap<Integer, Long> committed = run.admin()
			.committed(Cell.EACH_MESSAGE_CLASSIC.groupId(run.spec().service()), run.topic());
		run.send(run.load(1000)).awaitAcknowledged(600, Duration.ofSeconds(30));
		run.stopLoads();
		SortedMap<Integer, List<StoredMessage>> messages = run.admin().messages(run.topic());
		SortedMap<Integer, Long> ends = run.admin().endOffsets(run.topic());
		Map<Integer, Long> until = new HashMap<>();
		ends.forEach((partition, end) -> {
			long least = committed.getOrDefault(partition, 0L) + 1;
			until.put(partition, (least < end) ? run.random().nextLong(least, end) : end);
		});
		run.admin().deleteRecords(run.topic(), until);
		messages.forEach((partition, stored) -> stored
			.removeIf((message) -> message.offset() >= committed.getOrDefault(partition, 0L)));
		run.removed(messages);
		run.launch().awaitRunning(Run.START);
		run.settle();
		run.send(run.load(100));
		run.passBetween(Duration.ofSeconds(1), Duration.ofSeconds(3));
		run.expect(run.logged("is out of range for partition") > 0, "that the offset was out of range was not logged");
	}

}
