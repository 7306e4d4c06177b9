package io.baseplate.kafka.consumer;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.ConsumerStatus.Partition;
import io.baseplate.kafka.ConsumerStatus.Totals;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link ConsumerStatus} together from what the reader and the handlers leave in
 * fields for others to see. Any thread, no locks, no broker I/O.
 */
final class StatusSnapshot {

	private static final Comparator<Partition> ORDER = Comparator
		.comparing((Partition partition) -> partition.topicPartition().topic())
		.thenComparing((partition) -> partition.topicPartition().partition());

	private StatusSnapshot() {
	}

	static ConsumerStatus of(ConsumerSettings settings, StateMachine.Current current, @Nullable ConsumerSession session,
			@Nullable Thread reader, @Nullable Failure lastError, Totals totals) {
		ReaderParts parts = (session != null && current.state().isActive()) ? session.partsIfOpen() : null;
		boolean running = current.state() == ConsumerState.RUNNING || current.state() == ConsumerState.PAUSED;
		boolean alive = reader != null && reader.isAlive();
		int bound = KafkaConsumerWorker.queueLimit(settings) + settings.maxConcurrency();
		if (parts == null) {
			return new ConsumerStatus(settings.name(), settings.groupId(), settings.mode(), settings.commit(),
					settings.ordering(), settings.topics(), current.state(), current.reason(), lastError, List.of(),
					Set.of(), null, null, settings.maxPollInterval(), settings.brokerAwayAfter(), 0, null, 0, bound,
					alive || !running, totals);
		}
		List<Partition> partitions = parts.assignment()
			.owned()
			.values()
			.stream()
			.map(StatusSnapshot::partition)
			.sorted(ORDER)
			.toList();
		long now = parts.ticker().nanos();
		int inFlight = 0;
		long oldest = -1;
		for (HandlerWorker worker : parts.workers()) {
			alive &= !worker.isEnded();
			if (worker.current() != null) {
				inFlight++;
				oldest = Math.max(oldest, now - worker.since());
			}
		}
		return new ConsumerStatus(settings.name(), settings.groupId(), settings.mode(), settings.commit(),
				settings.ordering(), settings.topics(), current.state(), current.reason(), lastError, partitions,
				parts.missingTopics(), Duration.ofNanos(parts.lease().age()),
				Duration.ofNanos(parts.contact().silence()), settings.maxPollInterval(), settings.brokerAwayAfter(),
				inFlight, (oldest >= 0) ? Duration.ofNanos(oldest) : null, parts.queue().depth(), bound,
				alive || !running, totals);
	}

	private static Partition partition(PartitionProgress progress) {
		TopicPartition topicPartition = progress.topicPartition();
		return new Partition(topicPartition, progress.position(), progress.frontier(), progress.committed(),
				progress.lastHandled(), progress.lag());
	}

}
