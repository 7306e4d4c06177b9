package io.baseplate.kafka.autoconfigure;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.autoconfigure.HandlerMethods.HandlerMethod;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;

import org.springframework.core.GenericTypeResolver;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/**
 * The parameters of an annotated method: which is the payload, which the context, which
 * the record.
 */
final class HandlerSignature {

	private static final MethodType CALL = MethodType.methodType(void.class, Object.class, MessageContext.class,
			Object.class, ConsumerRecord.class);

	private static final MethodType STAGE_CALL = CALL.changeReturnType(CompletionStage.class);

	private final Method method;

	private final int context;

	private final int payload;

	private final int message;

	private final @Nullable Type payloadType;

	private HandlerSignature(Method method, int context, int payload, int message, @Nullable Type payloadType) {
		this.method = method;
		this.context = context;
		this.payload = payload;
		this.message = message;
		this.payloadType = payloadType;
	}

	/**
	 * Understand a method.
	 * @param handler the method
	 * @return its signature
	 * @throws ConsumerConfigurationException where the method cannot be a handler
	 */
	static HandlerSignature of(HandlerMethod handler) {
		Method method = handler.method();
		if (Modifier.isStatic(method.getModifiers())) {
			throw refuse(handler, "it is static", "make it an instance method");
		}
		if (Modifier.isPrivate(method.getModifiers())) {
			throw refuse(handler, "it is private", "make it package-private, protected or public");
		}
		if (method.getReturnType() != void.class && !returnsStage(method)) {
			throw refuse(handler, "it returns " + method.getReturnType().getSimpleName(),
					"make it return void or a CompletionStage");
		}
		int context = -1;
		int payload = -1;
		int message = -1;
		Type payloadType = null;
		for (int i = 0; i < method.getParameterCount(); i++) {
			Class<?> raw = method.getParameterTypes()[i];
			Type type = resolve(method.getGenericParameterTypes()[i],
					GenericTypeResolver.getTypeVariableMap(handler.type()));
			if (raw == MessageContext.class) {
				checkFirst(handler, context, "MessageContext");
				context = i;
			}
			else if (raw == ConsumerRecord.class) {
				checkFirst(handler, message, "ConsumerRecord");
				checkBytes(handler, type);
				message = i;
			}
			else {
				checkPayload(handler, payload, raw);
				checkOneMessage(handler, type);
				payload = i;
				payloadType = type;
			}
		}
		return new HandlerSignature(method, context, payload, message, payloadType);
	}

	private static boolean returnsStage(Method method) {
		return CompletionStage.class.isAssignableFrom(method.getReturnType());
	}

	/**
	 * The type with the variables of generic classes replaced by what the bean's class
	 * says, at every depth.
	 */
	@SuppressWarnings("rawtypes")
	private static Type resolve(Type type, Map<TypeVariable, Type> variables) {
		if (type instanceof TypeVariable<?> variable) {
			Type value = variables.get(variable);
			return (value != null && value != type) ? resolve(value, variables)
					: resolve(variable.getBounds()[0], variables);
		}
		if (type instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> raw) {
			ResolvableType[] arguments = Stream.of(parameterized.getActualTypeArguments())
				.map((argument) -> ResolvableType.forType(resolve(argument, variables)))
				.toArray(ResolvableType[]::new);
			return ResolvableType.forClassWithGenerics(raw, arguments).getType();
		}
		return type;
	}

	private static void checkFirst(HandlerMethod handler, int former, String what) {
		if (former >= 0) {
			throw refuse(handler, "it has more than one " + what, "keep one");
		}
	}

	private static void checkPayload(HandlerMethod handler, int former, Class<?> raw) {
		if (former >= 0) {
			throw refuse(handler, "it has more than one payload parameter: "
					+ handler.method().getParameterTypes()[former].getSimpleName() + " and " + raw.getSimpleName(),
					"keep one, beside MessageContext and ConsumerRecord<byte[], byte[]>");
		}
		if (raw.isPrimitive()) {
			throw refuse(handler, "its payload parameter is of the primitive type " + raw.getName(),
					"use the wrapper type");
		}
	}

	private static void checkOneMessage(HandlerMethod handler, Type type) {
		if (mentionsMessages(ResolvableType.forType(type), 0)) {
			throw refuse(handler,
					"its parameter " + type.getTypeName()
							+ " asks for a batch, and a handler is called for each message",
					"use ConsumerRecord<byte[], byte[]> for the message, and a payload parameter for the unpacked body");
		}
	}

	private static boolean mentionsMessages(ResolvableType type, int depth) {
		Class<?> raw = type.toClass();
		if (raw == ConsumerRecord.class || raw == ConsumerRecords.class || raw == MessageContext.class) {
			return true;
		}
		if (depth == 5) {
			return false;
		}
		return (type.isArray() && mentionsMessages(type.getComponentType(), depth + 1))
				|| Stream.of(type.getGenerics()).anyMatch((argument) -> mentionsMessages(argument, depth + 1));
	}

	private static void checkBytes(HandlerMethod handler, Type type) {
		if (type instanceof ParameterizedType parameterized) {
			for (Type argument : parameterized.getActualTypeArguments()) {
				if (argument != byte[].class && !(argument instanceof WildcardType)) {
					throw refuse(handler, "its record parameter is " + type.getTypeName(),
							"use ConsumerRecord<byte[], byte[]>, and a payload parameter for the unpacked body");
				}
			}
		}
	}

	static ConsumerConfigurationException refuse(HandlerMethod handler, String problem, String remedy) {
		return new ConsumerConfigurationException(handler.consumerName(), "@KafkaMessageHandler", null,
				"the method " + handler.describe() + " cannot be a handler: " + problem, remedy);
	}

	/**
	 * The type to unpack the body to.
	 * @return the type, or {@code null} where there is no payload parameter
	 */
	@Nullable Type payloadType() {
		return this.payloadType;
	}

	/**
	 * Whether a message is handled only when what the method returns has completed.
	 * @return {@code true} where the method returns a {@code CompletionStage}
	 */
	boolean returnsStage() {
		return returnsStage(this.method);
	}

	/**
	 * Make the method callable.
	 * @param invocable the method on the bean's class; has the same parameters
	 * @return a handle that takes the bean, the context, the payload and the message, and
	 * returns nothing or a {@code CompletionStage}
	 */
	MethodHandle handle(Method invocable) {
		ReflectionUtils.makeAccessible(invocable);
		try {
			MethodHandle handle = MethodHandles.lookup().unreflect(invocable);
			int[] order = new int[this.method.getParameterCount() + 1];
			MethodType call = returnsStage() ? STAGE_CALL : CALL;
			MethodType type = MethodType.methodType(call.returnType(), Object.class);
			for (int i = 0; i < this.method.getParameterCount(); i++) {
				int source = (i == this.context) ? 1 : (i == this.payload) ? 2 : 3;
				order[i + 1] = source;
				type = type.appendParameterTypes(CALL.parameterType(source));
			}
			if (this.message < 0 && this.context < 0 && this.payload < 0) {
				return MethodHandles.dropArguments(handle.asType(type), 1, CALL.parameterList().subList(1, 4));
			}
			return MethodHandles.permuteArguments(handle.asType(type), call, order);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException("Cannot call " + invocable, ex);
		}
	}

}
