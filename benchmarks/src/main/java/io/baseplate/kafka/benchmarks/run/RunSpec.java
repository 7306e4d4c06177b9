package io.baseplate.kafka.benchmarks.run;

/**
 * What one JVM is to measure.
 *
 * @param bootstrapServers the broker
 * @param brokerPid the broker's process, whose processor time counts too
 * @param topic a topic that is full of messages, or one to produce to
 * @param stack what consumes
 * @param work what its handlers do
 * @param rate messages a second to produce while it consumes; 0 where the topic is full
 * @param warmSeconds how long the warm pass takes at most
 * @param seconds how long the measured window is at most
 */
public record RunSpec(String bootstrapServers, long brokerPid, String topic, StackSpec stack, Work work, int rate,
		double warmSeconds, double seconds) {
}
