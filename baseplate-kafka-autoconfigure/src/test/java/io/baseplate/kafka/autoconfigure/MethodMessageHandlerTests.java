package io.baseplate.kafka.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.autoconfigure.HandlerMethods.HandlerMethod;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Calling annotated methods.
 */
class MethodMessageHandlerTests {

	private final ConsumerRecord<byte[], byte[]> message = new ConsumerRecord<>("topic", 0, 7, null, new byte[0]);

	private final MessageContext context = (MessageContext) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { MessageContext.class }, (proxy, method, arguments) -> "context");

	@ParameterizedTest
	@CsvSource({ "nothing, ''", "payload, data", "context, context", "message, 7", "all, data context 7",
			"reversed, 7 context data", "payloadAndMessage, data 7" })
	void anySubsetOfTheParametersInAnyOrder(String name, String expected) throws Exception {
		Handlers handlers = new Handlers();
		call(handlers, Handlers.class, name);
		assertThat(handlers.calls).containsExactly(name + ": " + expected);
	}

	@Test
	void theExceptionOfTheMethodIsTheExceptionOfTheHandler() {
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> call(new Handlers(), Handlers.class, "fails"))
			.withMessage("real");
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> call(new Handlers(), Handlers.class, "errs"));
	}

	@Test
	void aMessageIsHandledWhenTheStageThatTheMethodReturnsHasCompleted() throws Exception {
		for (String name : List.of("stage", "future")) {
			Handlers handlers = new Handlers();
			FutureTask<Boolean> call = new FutureTask<>(() -> {
				call(handlers, Handlers.class, name);
				return handlers.stage.isDone();
			});
			Thread thread = new Thread(call);
			thread.start();
			Awaitility.await().until(() -> !handlers.calls.isEmpty() && thread.getState() == Thread.State.WAITING);
			assertThat(call).isNotDone();
			handlers.stage.complete("done");
			assertThat(call.get()).isTrue();
			assertThat(handlers.calls).containsExactly(name + ": data");
		}
	}

	@Test
	void theExceptionOfTheStageIsTheExceptionOfTheHandler() {
		Handlers handlers = new Handlers();
		handlers.stage.completeExceptionally(new IOException("real"));
		for (String name : List.of("stage", "future", "dependent")) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> call(handlers, Handlers.class, name))
				.withMessage("real");
		}
		assertThatIllegalStateException().isThrownBy(() -> call(new Handlers(), Handlers.class, "noStage"))
			.withMessageContaining("null instead of a CompletionStage");
	}

	@Test
	void methodsOfProxiedBeansAreCalledThroughTheProxyWhereItHasThem() throws Exception {
		for (boolean classes : List.of(true, false)) {
			Handlers target = new Handlers();
			ProxyFactory factory = new ProxyFactory(target);
			factory.setProxyTargetClass(classes);
			List<String> advised = new ArrayList<>();
			factory.addAdvice((org.aopalliance.intercept.MethodInterceptor) (invocation) -> {
				advised.add(invocation.getMethod().getName());
				return invocation.proceed();
			});
			Object proxy = factory.getProxy();
			call(proxy, Handlers.class, "payload");
			call(proxy, Handlers.class, "packagePrivate");
			assertThat(target.calls).containsExactly("payload: data", "packagePrivate: data");
			assertThat(advised).contains("payload");
		}
	}

	@Test
	void aMethodThatTheProxyCannotOverrideIsCalledOnTheBeanBehindIt() throws Exception {
		Handlers target = new Handlers();
		ProxyFactory factory = new ProxyFactory(target);
		factory.setProxyTargetClass(true);
		factory.addAdvice((org.aopalliance.intercept.MethodInterceptor) (invocation) -> invocation.proceed());
		call(factory.getProxy(), Handlers.class, "last");
		assertThat(target.calls).containsExactly("last: data");
	}

	@Test
	void typeVariablesAreResolvedAtEveryDepth() {
		assertThat(signature(Deep.class, "generic").payloadType().getTypeName())
			.isEqualTo("java.util.Map<java.lang.String, java.util.List<java.util.Set<java.lang.Long>>>");
		assertThat(signature(Deep.class, "plain").payloadType().getTypeName())
			.isEqualTo("java.util.List<java.util.Set<java.lang.Long>>");
	}

	@Test
	void theTypeOfThePayloadIsResolvedInTheClassOfTheBean() {
		assertThat(signature(Derived.class, "generic").payloadType().getTypeName())
			.isEqualTo("java.util.Map<java.lang.String, java.lang.Integer>");
		assertThat(signature(Handlers.class, "message").payloadType()).isNull();
	}

	private void call(Object bean, Class<?> type, String name) throws Exception {
		HandlerMethod method = method(type, name);
		new MethodMessageHandler(HandlerSignature.of(method), method.method(), () -> bean).handle(this.context, "data",
				this.message);
	}

	private static HandlerSignature signature(Class<?> type, String name) {
		return HandlerSignature.of(method(type, name));
	}

	private static HandlerMethod method(Class<?> type, String name) {
		Method method = Stream.of(type.getDeclaredMethods(), type.getSuperclass().getDeclaredMethods())
			.flatMap(Stream::of)
			.filter((candidate) -> candidate.getName().equals(name))
			.findFirst()
			.orElseThrow();
		return new HandlerMethod("bean", type, method, "group", List.of("topic"), null);
	}

	interface Advised {

		void payload(String data);

	}

	static class Handlers implements Advised {

		final List<String> calls = Collections.synchronizedList(new ArrayList<>());

		final CompletableFuture<String> stage = new CompletableFuture<>();

		void nothing() {
			this.calls.add("nothing: ");
		}

		@Override
		public void payload(String data) {
			this.calls.add("payload: " + data);
		}

		void packagePrivate(String data) {
			this.calls.add("packagePrivate: " + data);
		}

		void context(MessageContext context) {
			this.calls.add("context: " + context.topic());
		}

		void message(ConsumerRecord<byte[], byte[]> message) {
			this.calls.add("message: " + message.offset());
		}

		void all(String data, MessageContext context, ConsumerRecord<byte[], byte[]> message) {
			this.calls.add("all: " + data + " " + context.topic() + " " + message.offset());
		}

		void reversed(ConsumerRecord<byte[], byte[]> message, MessageContext context, String data) {
			this.calls.add("reversed: " + message.offset() + " " + context.topic() + " " + data);
		}

		void payloadAndMessage(String data, ConsumerRecord<?, ?> message) {
			this.calls.add("payloadAndMessage: " + data + " " + message.offset());
		}

		CompletionStage<String> stage(String data) {
			this.calls.add("stage: " + data);
			return this.stage.minimalCompletionStage();
		}

		CompletableFuture<String> future(String data) {
			this.calls.add("future: " + data);
			return this.stage;
		}

		CompletionStage<Integer> dependent(String data) {
			return this.stage.thenApply(String::length).minimalCompletionStage();
		}

		@Nullable CompletionStage<Integer> noStage() {
			return null;
		}

		final void last(String data) {
			this.calls.add("last: " + data);
		}

		void fails(String data) throws IOException {
			throw new IOException("real");
		}

		void errs(String data) {
			throw new StackOverflowError();
		}

	}

	static class Base<T> {

		void plain(T data) {
		}

		void generic(Map<String, T> data) {
		}

	}

	static class Deep extends Base<List<Set<Long>>> {

	}

	static class Derived extends Base<Integer> {

	}

}
