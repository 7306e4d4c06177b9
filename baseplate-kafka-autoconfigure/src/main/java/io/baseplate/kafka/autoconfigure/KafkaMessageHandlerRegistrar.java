package io.baseplate.kafka.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.autoconfigure.HandlerMethods.HandlerMethod;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.FastConsumer;
import io.baseplate.kafka.consumer.InOrderConsumer;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Registers one typed bean definition a handler method, before any bean is made, so that
 * consumers can be injected by type and by name, also where beans are made lazily.
 */
final class KafkaMessageHandlerRegistrar implements BeanDefinitionRegistryPostProcessor, Ordered {

	private final Environment environment;

	KafkaMessageHandlerRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (registry instanceof ConfigurableListableBeanFactory beans) {
			register(registry, new HandlerMethods(beans, this.environment).find());
		}
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		// Everything is registered already.
	}

	private void register(BeanDefinitionRegistry registry, List<HandlerMethod> methods) {
		ConsumerPropertiesResolver resolver = new ConsumerPropertiesResolver(this.environment);
		Map<String, HandlerMethod> byName = new LinkedHashMap<>();
		for (HandlerMethod method : methods) {
			HandlerMethod former = byName.putIfAbsent(ConsumerPropertiesResolver.uniform(method.consumerName()),
					method);
			if (former != null) {
				throw new ConsumerConfigurationException(method.consumerName(), "@KafkaMessageHandler",
						method.groupName(),
						"two handlers have this name, or names that properties cannot tell apart "
								+ "(they differ in case, dots, dashes or underscores only): " + former.describe()
								+ " and " + method.describe(),
						"give each handler a group name of its own");
			}
		}
		checkSharedGroup(resolver, new ArrayList<>(byName.values()));
		byName.values().forEach((method) -> register(registry, resolver, method));
	}

	private static void checkSharedGroup(ConsumerPropertiesResolver resolver, List<HandlerMethod> methods) {
		String groupId = resolver.defaults().groupId();
		if (groupId != null && methods.size() > 1) {
			HandlerMethod first = methods.get(0);
			throw new ConsumerConfigurationException(first.consumerName(), "group-id", groupId,
					"it is set for all consumers, and the application has " + methods.size() + " handlers",
					"set group-id of each consumer, or leave it out: the default is {service-name}.{group_name}");
		}
	}

	private void register(BeanDefinitionRegistry registry, ConsumerPropertiesResolver resolver, HandlerMethod method) {
		ConsumerMode mode = mode(resolver, method);
		Class<?> type = (mode == ConsumerMode.IN_ORDER) ? InOrderConsumer.class : FastConsumer.class;
		if (registry.containsBeanDefinition(method.consumerName())) {
			checkFrozen(registry.getBeanDefinition(method.consumerName()), method, mode, type);
			return;
		}
		RootBeanDefinition definition = new RootBeanDefinition(type);
		definition.setTargetType(type);
		definition.setFactoryBeanName(AnnotatedConsumers.BEAN_NAME);
		definition.setFactoryMethodName((mode == ConsumerMode.IN_ORDER) ? "inOrder" : "fast");
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, method.beanName());
		definition.getConstructorArgumentValues().addIndexedArgumentValue(1, method.type().getName());
		definition.getConstructorArgumentValues().addIndexedArgumentValue(2, method.groupName());
		definition.setDescription("@KafkaMessageHandler on " + method.describe());
		definition.setDestroyMethodName("");
		registry.registerBeanDefinition(method.consumerName(), definition);
	}

	private static ConsumerMode mode(ConsumerPropertiesResolver resolver, HandlerMethod method) {
		ConsumerMode own = resolver.own(method.groupName()).mode();
		if (own != null) {
			return own;
		}
		if (method.mode() != null) {
			return method.mode();
		}
		ConsumerMode shared = resolver.defaults().mode();
		return (shared != null) ? shared : ConsumerMode.IN_ORDER;
	}

	/**
	 * Under AOT the definition was made at build time, with the mode of then.
	 */
	private static void checkFrozen(BeanDefinition definition, HandlerMethod method, ConsumerMode mode, Class<?> type) {
		Class<?> frozen = definition.getResolvableType().resolve();
		if (frozen != null && !frozen.isAssignableFrom(type)) {
			throw new ConsumerConfigurationException(method.consumerName(), "mode",
					mode.name().toLowerCase(Locale.ROOT).replace('_', '-'),
					"there is a bean of this name already, of type " + frozen.getSimpleName()
							+ ": the mode was fixed when the application was built (ahead-of-time processing), or the "
							+ "bean is another one",
					"build again with this mode, or give the other bean another name");
		}
	}

}
