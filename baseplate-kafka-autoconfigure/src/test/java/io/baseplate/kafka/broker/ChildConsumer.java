package io.baseplate.kafka.broker;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.CommitStrategy;
import io.baseplate.kafka.MessageHandler;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.UserCode;

/**
 * A consumer in a JVM of its own, which dies without a farewell ({@code Runtime.halt}, as
 * kill -9 would have it) in the middle of a message. Prints {@code handled OFFSET} for
 * each message handled.
 */
final class ChildConsumer {

	private ChildConsumer() {
	}

	/**
	 * Run.
	 * @param args bootstrap servers, topic, group, commit strategy, offset at which to
	 * die (-1 for never), whether the message at that offset counts as handled before,
	 * auto.offset.reset
	 */
	public static void main(String[] args) throws Exception {
		Cluster cluster = new Cluster(args[0]);
		CommitStrategy commit = CommitStrategy.valueOf(args[3]);
		long fatal = Long.parseLong(args[4]);
		boolean handleFatal = Boolean.parseBoolean(args[5]);
		Map<String, Object> client = Map.of("auto.offset.reset", args[6]);
		PrintStream out = System.out;
		MessageHandler<Object> handler = (context, data, message) -> {
			if (message.offset() == fatal) {
				if (handleFatal) {
					out.println("handled " + message.offset());
				}
				else {
					out.println("dying with " + message.offset());
				}
				out.flush();
				if (!handleFatal || commit == CommitStrategy.EACH_MESSAGE) {
					// Long enough for a periodic commit to pass, and for one that must
					// not be.
					Thread.sleep(1000);
				}
				Runtime.getRuntime().halt(137);
			}
			if (commit == CommitStrategy.PROCESSED && message.offset() == fatal - 50) {
				// The other handler goes on, and no commit may pass this message.
				Thread.sleep(Duration.ofMinutes(1).toMillis());
			}
			Thread.sleep(3);
			out.println("handled " + message.offset());
			out.flush();
		};
		Consumers consumers = new Consumers(cluster);
		QueueConsumer consumer = consumers.make(settings(args[2], args[1], commit), client, (settings) -> settings,
				UserCode.ofRecords(handler), ConsumerRuntime.plain());
		consumer.start();
		out.println("running " + consumer.name());
		out.flush();
		System.in.read();
		consumer.stop();
		out.println("stopped");
		out.flush();
	}

	/**
	 * Settings under which the periodic strategies commit several times while 150
	 * messages are handled, and much more is read than that.
	 */
	static ConsumerSettings.Builder settings(String group, String topic, CommitStrategy commit) {
		ConsumerSettings.Builder settings = switch (commit.mode()) {
			case IN_ORDER -> ConsumerSettings.inOrder(Consumers.name(group), group, List.of(topic));
			case FAST -> ConsumerSettings.fast(Consumers.name(group), group, List.of(topic)).maxConcurrency(2);
		};
		return settings.commit(commit).commitInterval(Duration.ofMillis(100)).batchSize(100);
	}

}
