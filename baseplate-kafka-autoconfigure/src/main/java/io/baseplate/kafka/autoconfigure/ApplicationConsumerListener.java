package io.baseplate.kafka.autoconfigure;

import java.util.function.IntConsumer;
import java.util.function.Predicate;

import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;

/**
 * What a consumer's failure means for the application: broken liveness, so that an
 * orchestrator restarts it, or its end.
 */
final class ApplicationConsumerListener implements ConsumerListener, ApplicationRunner, Ordered {

	/**
	 * The JVM's exit code after {@code on-failure: shutdown}.
	 */
	static final int EXIT_CODE = 1;

	private static final Logger logger = LoggerFactory.getLogger(ApplicationConsumerListener.class);

	private final ApplicationContext context;

	private final Predicate<String> breaksLiveness;

	private final IntConsumer exit;

	private volatile boolean broken;

	ApplicationConsumerListener(ApplicationContext context, Predicate<String> breaksLiveness, IntConsumer exit) {
		this.context = context;
		this.breaksLiveness = breaksLiveness;
		this.exit = exit;
	}

	@Override
	public void failed(QueueConsumer consumer, Failure failure, boolean shutdown) {
		if (consumer.status().state() == ConsumerState.RESTARTING) {
			return;
		}
		try {
			if (this.breaksLiveness.test(consumer.name())) {
				this.broken = true;
				AvailabilityChangeEvent.publish(this.context, LivenessState.BROKEN);
			}
		}
		finally {
			// Also where a listener of the event throws.
			if (shutdown) {
				logger.error("{} failed with on-failure: shutdown: the application ends", consumer.name());
				Thread thread = new Thread(this::shutdown, "baseplate-kafka-shutdown");
				thread.setDaemon(false);
				thread.start();
			}
		}
	}

	/**
	 * Spring Boot publishes {@link LivenessState#CORRECT} once the application has
	 * started, whatever was published before, and then calls runners: a consumer that has
	 * failed by then stays failed.
	 */
	@Override
	public void run(ApplicationArguments arguments) {
		if (this.broken) {
			AvailabilityChangeEvent.publish(this.context, LivenessState.BROKEN);
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/**
	 * Not on a thread of the consumer: closing the context waits for them.
	 */
	private void shutdown() {
		int code = SpringApplication.exit(this.context, () -> EXIT_CODE);
		this.exit.accept((code != 0) ? code : EXIT_CODE);
	}

}
