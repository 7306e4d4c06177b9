package io.baseplate.kafka.autoconfigure;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.MessageHandler;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;

/**
 * Calls an annotated method. The bean is looked up with the first message, so that a bean
 * may have its own consumer injected.
 */
final class MethodMessageHandler implements MessageHandler<Object> {

	private static final Logger logger = LoggerFactory.getLogger(MethodMessageHandler.class);

	private final HandlerSignature signature;

	private final Method method;

	private final Supplier<Object> bean;

	private final @Nullable MessageHandler<Object> stages;

	private volatile @Nullable Target target;

	MethodMessageHandler(HandlerSignature signature, Method method, Supplier<Object> bean) {
		this.signature = signature;
		this.method = method;
		this.bean = bean;
		this.stages = signature.returnsStage() ? MessageHandler.async(this::begin) : null;
	}

	@Override
	public void handle(MessageContext context, @Nullable Object data, ConsumerRecord<byte[], byte[]> message)
			throws Exception {
		if (this.stages != null) {
			this.stages.handle(context, data, message);
			return;
		}
		Target target = target();
		try {
			target.handle().invokeExact(target.bean(), context, data, message);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	private CompletionStage<?> begin(MessageContext context, @Nullable Object data,
			ConsumerRecord<byte[], byte[]> message) throws Exception {
		Target target = target();
		try {
			return (CompletionStage<?>) target.handle().invokeExact(target.bean(), context, data, message);
		}
		catch (Exception | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Target target() {
		Target target = this.target;
		if (target == null) {
			target = resolve();
			this.target = target;
		}
		return target;
	}

	/**
	 * The method is called on the bean, through its proxy where that has the method; else
	 * on the object behind the proxy, which the advice then does not see.
	 */
	private Target resolve() {
		Object bean = this.bean.get();
		if (AopUtils.isJdkDynamicProxy(bean)) {
			try {
				return new Target(bean,
						this.signature.handle(AopUtils.selectInvocableMethod(this.method, bean.getClass())));
			}
			catch (IllegalStateException ex) {
				return behind(bean, ex);
			}
		}
		if (AopUtils.isCglibProxy(bean) && !isOverridable(bean.getClass())) {
			return behind(bean, null);
		}
		return new Target(bean, this.signature.handle(this.method));
	}

	private Target behind(Object proxy, @Nullable IllegalStateException cause) {
		Object bean = AopProxyUtils.getSingletonTarget(proxy);
		if (bean == null) {
			throw new IllegalStateException("The proxy of " + this.method + " does not have that method", cause);
		}
		logger.warn("The proxy of {} does not have the handler method {}: it is called without the proxy's advice",
				bean.getClass().getName(), this.method.getName());
		return new Target(bean, this.signature.handle(this.method));
	}

	/**
	 * A proxy class is in the package of the class that it extends: it cannot override a
	 * final method, nor a package-private one that was inherited from another package.
	 */
	private boolean isOverridable(Class<?> proxy) {
		int modifiers = this.method.getModifiers();
		if (Modifier.isFinal(modifiers)) {
			return false;
		}
		return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers)
				|| (proxy.getPackageName().equals(this.method.getDeclaringClass().getPackageName())
						&& proxy.getClassLoader() == this.method.getDeclaringClass().getClassLoader());
	}

	private record Target(Object bean, MethodHandle handle) {
	}

}
