package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.autoconfigure.HandlerMethods.HandlerMethod;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Calling an annotated method, beside calling it directly and by reflection.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
public class MethodInvocationBenchmark {

	private static final Method METHOD = method();

	private final Links bean = new Links();

	private final MethodMessageHandler handler = new MethodMessageHandler(
			HandlerSignature.of(new HandlerMethod("links", Links.class, METHOD, "links", List.of("topic"), null)),
			METHOD, () -> this.bean);

	private final Object payload = "payload";

	private final ConsumerRecord<byte[], byte[]> message = new ConsumerRecord<>("topic", 0, 0, new byte[0],
			new byte[0]);

	/**
	 * Never looked at by the method.
	 */
	private final MessageContext context = (MessageContext) Proxy.newProxyInstance(
			MessageContext.class.getClassLoader(), new Class<?>[] { MessageContext.class },
			(proxy, method, arguments) -> {
				throw new UnsupportedOperationException(method.getName());
			});

	private static Method method() {
		try {
			Method method = Links.class.getDeclaredMethod("handle", Object.class, ConsumerRecord.class);
			method.setAccessible(true);
			return method;
		}
		catch (NoSuchMethodException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Directly.
	 * @return what the method has seen
	 */
	@Benchmark
	public long direct() {
		this.bean.handle(this.payload, this.message);
		return this.bean.seen;
	}

	/**
	 * As the engine does.
	 * @return what the method has seen
	 * @throws Exception never
	 */
	@Benchmark
	public long annotated() throws Exception {
		this.handler.handle(this.context, this.payload, this.message);
		return this.bean.seen;
	}

	/**
	 * By reflection.
	 * @return what the method has seen
	 * @throws Exception never
	 */
	@Benchmark
	public long reflective() throws Exception {
		METHOD.invoke(this.bean, this.payload, this.message);
		return this.bean.seen;
	}

	/**
	 * A user's bean.
	 */
	static class Links {

		long seen;

		@KafkaMessageHandler("links")
		void handle(Object body, ConsumerRecord<byte[], byte[]> message) {
			this.seen += body.hashCode() + message.offset();
		}

	}

}
