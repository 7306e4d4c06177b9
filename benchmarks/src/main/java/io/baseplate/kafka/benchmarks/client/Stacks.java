package io.baseplate.kafka.benchmarks.client;

import io.baseplate.kafka.benchmarks.run.StackSpec;
import io.baseplate.kafka.benchmarks.run.Work;

/**
 * Makes stacks.
 */
final class Stacks {

	private Stacks() {
	}

	static Stack start(Subscription subscription, StackSpec spec, Work work, Handler handler) {
		return switch (spec.kind()) {
			case RAW -> RawLoop.start(subscription, spec.mode(), handler);
			case IN_ORDER, FAST -> BaseplateStack.start(subscription, spec, work, handler);
			case SPRING_KAFKA -> SpringKafkaStack.start(subscription, spec, handler);
			case PARALLEL_CONSUMER -> ParallelConsumerStack.start(subscription, spec, handler);
			case SHARE_GROUP -> ShareLoop.start(subscription, spec.mode(), handler);
		};
	}

}
