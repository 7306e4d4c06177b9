package io.baseplate.kafka.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.baseplate.kafka.ConsumerHealthCheck;
import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.ConsumerState;
import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Failure;
import io.baseplate.kafka.QueueConsumer;
import io.baseplate.kafka.consumer.ConsumerListener;
import io.baseplate.kafka.consumer.ConsumerRuntime;
import io.baseplate.kafka.consumer.ConsumerSettings;
import io.baseplate.kafka.consumer.InOrderConsumer;
import io.baseplate.kafka.consumer.UserCode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Consumers and the life of the application around them.
 */
class ApplicationLifecycleTests {

	private final AtomicInteger exit = new AtomicInteger(-1);

	@Test
	void allConsumersStartSideBySideAndStopSideBySide() {
		List<String> calls = Collections.synchronizedList(new ArrayList<>());
		Scripted one = new Scripted("one", calls);
		Scripted two = new Scripted("two", calls);
		QueueConsumerLifecycle lifecycle = new QueueConsumerLifecycle(() -> List.of(one, two));
		CompletableFuture<Void> starting = CompletableFuture.runAsync(lifecycle::start);
		Awaitility.await().until(() -> calls.size() == 2);
		assertThat(starting).isNotDone();
		one.started.complete(null);
		two.started.complete(null);
		starting.join();
		AtomicInteger done = new AtomicInteger();
		lifecycle.stop(done::incrementAndGet);
		assertThat(calls).containsExactly("start one", "start two", "stop one", "stop two");
		one.stopped.complete(null);
		assertThat(done).hasValue(0);
		two.stopped.complete(null);
		Awaitility.await().until(() -> done.get() == 1);
	}

	@Test
	void aConsumerThatCannotStartFailsTheApplicationAndStopsTheOthers() {
		List<String> calls = Collections.synchronizedList(new ArrayList<>());
		Scripted one = new Scripted("one", calls);
		Scripted two = new Scripted("two", calls);
		one.started.completeExceptionally(new IllegalStateException("no"));
		two.started.complete(null);
		one.stopped.complete(null);
		two.stopped.complete(null);
		QueueConsumerLifecycle lifecycle = new QueueConsumerLifecycle(() -> List.of(one, two));
		assertThatIllegalStateException().isThrownBy(lifecycle::start).withMessage("no");
		assertThat(calls).contains("stop two");
		Awaitility.await().until(() -> keepAlive().isEmpty());
	}

	@Test
	void theApplicationStaysAliveUntilItIsStoppedAlsoWhereAllConsumersHaveEnded() {
		Scripted one = new Scripted("one", new ArrayList<>());
		one.started.complete(null);
		one.stopped.complete(null);
		QueueConsumerLifecycle lifecycle = new QueueConsumerLifecycle(() -> List.of(one));
		lifecycle.start();
		assertThat(keepAlive()).hasSize(1).allMatch((thread) -> !thread.isDaemon());
		lifecycle.stop();
		Awaitility.await().until(() -> keepAlive().isEmpty());
	}

	@Test
	void aFailureBreaksLivenessUnlessItShouldNot() {
		assertThat(liveness(true, false)).isEqualTo(LivenessState.BROKEN);
		assertThat(liveness(false, false)).isEqualTo(LivenessState.CORRECT);
		assertThat(this.exit).hasValue(-1);
	}

	@Test
	void aFailureWhileTheApplicationStartsBreaksLivenessAlsoOnceItHasStarted() {
		SpringApplication application = new SpringApplication(FailsWhileStarting.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getBean(ApplicationAvailability.class).getLivenessState())
				.isEqualTo(LivenessState.BROKEN);
		}
	}

	@Test
	void shutdownClosesTheContextAndEndsTheJvmWithANonZeroCode() {
		liveness(true, true);
		Awaitility.await().until(() -> this.exit.get() == ApplicationConsumerListener.EXIT_CODE);
		assertThat(ApplicationConsumerListener.EXIT_CODE).isNotZero();
	}

	private LivenessState liveness(boolean breaks, boolean shutdown) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				ApplicationAvailabilityBean.class);
		ApplicationConsumerListener listener = new ApplicationConsumerListener(context, (name) -> breaks,
				this.exit::set);
		InOrderConsumer consumer = consumer();
		ApplicationAvailabilityBean availability = context.getBean(ApplicationAvailabilityBean.class);
		AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
		listener.failed(consumer, new Failure("broken", null, -1, null), shutdown);
		LivenessState state = availability.getLivenessState();
		if (shutdown) {
			Awaitility.await().until(() -> !context.isActive());
		}
		context.close();
		return state;
	}

	private static InOrderConsumer consumer() {
		return new InOrderConsumer(
				ConsumerSettings.inOrder("kafka_consumer.one", "service.one", List.of("topic")).build(), () -> {
					throw new IllegalStateException();
				}, UserCode.ofRecords((messageContext, data, message) -> {
				}), ConsumerRuntime.plain());
	}

	private static List<Thread> keepAlive() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("baseplate-kafka-keep-alive"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ApplicationAvailabilityAutoConfiguration.class, BaseplateKafkaAutoConfiguration.class })
	static class FailsWhileStarting {

		@Bean
		ApplicationListener<ContextRefreshedEvent> failsWhileStarting(ConsumerListener listener) {
			return (event) -> listener.failed(consumer(), new Failure("broken", null, -1, null), false);
		}

	}

	private static final class Scripted implements QueueConsumer {

		private final String name;

		private final List<String> calls;

		private final CompletableFuture<Void> started = new CompletableFuture<>();

		private final CompletableFuture<Void> stopped = new CompletableFuture<>();

		private Scripted(String name, List<String> calls) {
			this.name = name;
			this.calls = calls;
		}

		@Override
		public String name() {
			return this.name;
		}

		@Override
		public String groupId() {
			return "service." + this.name;
		}

		@Override
		public ConsumerMode mode() {
			return ConsumerMode.FAST;
		}

		@Override
		public List<String> topics() {
			return List.of();
		}

		@Override
		public boolean isAutoStartup() {
			return true;
		}

		@Override
		public ConsumerHealthCheck healthCheck() {
			return null;
		}

		@Override
		public ConsumerStatus status() {
			throw new IllegalStateException(ConsumerState.RUNNING.name());
		}

		@Override
		public void start() {
			startAsync().join();
		}

		@Override
		public CompletableFuture<Void> startAsync() {
			this.calls.add("start " + this.name);
			return this.started;
		}

		@Override
		public void stop() {
			stopAsync().join();
		}

		@Override
		public CompletableFuture<Void> stopAsync() {
			this.calls.add("stop " + this.name);
			return this.stopped;
		}

		@Override
		public void pause() {
		}

		@Override
		public void resume() {
		}

	}

}
