package io.baseplate.kafka.autoconfigure;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.function.Supplier;

import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.MessageHandler;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;

/**
 * Calls an annotated method. The bean is looked up with the first message, so that a bean
 * may have its own consumer injected.
 */
final class MethodMessageHandler implements MessageHandler<Object> {

	private final HandlerSignature signature;

	private final Method method;

	private final Supplier<Object> bean;

	private volatile @Nullable Target target;

	MethodMessageHandler(HandlerSignature signature, Method method, Supplier<Object> bean) {
		this.signature = signature;
		this.method = method;
		this.bean = bean;
	}

	@Override
	public void handle(MessageContext context, @Nullable Object data, ConsumerRecord<byte[], byte[]> message)
			throws Exception {
		Target target = this.target;
		if (target == null) {
			target = resolve();
			this.target = target;
		}
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

	/**
	 * A proxy of interfaces that do not have the method cannot be called: then the bean
	 * behind it is.
	 */
	private Target resolve() {
		Object bean = this.bean.get();
		Method method = this.method;
		if (AopUtils.isJdkDynamicProxy(bean)) {
			try {
				method = AopUtils.selectInvocableMethod(this.method, bean.getClass());
			}
			catch (IllegalStateException ex) {
				Object singleton = AopProxyUtils.getSingletonTarget(bean);
				if (singleton == null) {
					throw ex;
				}
				bean = singleton;
			}
		}
		return new Target(bean, this.signature.handle(method));
	}

	private record Target(Object bean, MethodHandle handle) {
	}

}
