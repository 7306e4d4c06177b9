package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.consumer.ConsumerConfigurationException;
import io.baseplate.kafka.consumer.ConsumerNaming;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Finds the annotated methods of beans by the types of the beans, without making any.
 */
final class HandlerMethods {

	private final ConfigurableListableBeanFactory beans;

	private final Environment environment;

	HandlerMethods(ConfigurableListableBeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	/**
	 * Find all annotated methods.
	 * @return the methods, in the order of the bean definitions, and behind them those of
	 * singletons that were registered without one
	 */
	List<HandlerMethod> find() {
		List<HandlerMethod> found = new ArrayList<>();
		for (String name : this.beans.getBeanDefinitionNames()) {
			if (!this.beans.containsBeanDefinition(ScopedProxyUtils.getTargetBeanName(name))) {
				found.addAll(find(name));
			}
		}
		for (String name : this.beans.getSingletonNames()) {
			if (!this.beans.containsBeanDefinition(name)) {
				found.addAll(find(name));
			}
		}
		return found;
	}

	/**
	 * Refuse annotated methods that were not found in time: of beans whose declared type
	 * does not show them, and of singletons that were registered too late. To be called
	 * when all beans have been made, and their classes are known.
	 */
	void checkAllFound() {
		for (HandlerMethod method : find()) {
			if (!this.beans.containsBean(method.consumerName())) {
				boolean defined = this.beans.containsBeanDefinition(method.beanName());
				throw new ConsumerConfigurationException(method.consumerName(), "@KafkaMessageHandler", null,
						"the method " + method.describe() + " was not found before the bean '" + method.beanName()
								+ "' was made: "
								+ (defined ? "the type that its bean definition declares does not have it"
										: "a singleton was registered after the bean definitions had been read"),
						defined ? "have the @Bean method return " + method.type().getSimpleName()
								: "make a bean definition of it, or register it in an ApplicationContextInitializer");
			}
		}
	}

	/**
	 * Find the annotated method of one consumer.
	 * @param beanName the bean that has it
	 * @param typeName the name of the bean's class, which a proxy may hide by now
	 * @param groupName the consumer's group name
	 * @return the method
	 */
	HandlerMethod get(String beanName, String typeName, String groupName) {
		Class<?> type = ClassUtils.resolveClassName(typeName, this.beans.getBeanClassLoader());
		return find(beanName, type).stream()
			.filter((method) -> method.groupName().equals(groupName))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException(
					typeName + " has no method with @KafkaMessageHandler(\"" + groupName + "\")"));
	}

	private List<HandlerMethod> find(String beanName) {
		Class<?> type = type(beanName);
		if (type == null || !AnnotationUtils.isCandidateClass(type, KafkaMessageHandler.class)) {
			return List.of();
		}
		return find(ScopedProxyUtils.isScopedTarget(beanName) ? beanName.substring("scopedTarget.".length()) : beanName,
				type);
	}

	private List<HandlerMethod> find(String beanName, Class<?> type) {
		Map<Method, KafkaMessageHandler> methods = MethodIntrospector.selectMethods(type,
				(MethodIntrospector.MetadataLookup<@Nullable KafkaMessageHandler>) (method) -> AnnotatedElementUtils
					.findMergedAnnotation(method, KafkaMessageHandler.class));
		List<HandlerMethod> found = new ArrayList<>();
		methods.forEach((method, annotation) -> found.add(handlerMethod(beanName, type, method, annotation)));
		found.sort((left, right) -> left.groupName().compareTo(right.groupName()));
		return found;
	}

	private @Nullable Class<?> type(String beanName) {
		try {
			Class<?> type = this.beans.getType(beanName, false);
			return (type != null) ? ClassUtils.getUserClass(type) : null;
		}
		catch (RuntimeException | LinkageError ex) {
			// A bean whose type cannot be told now has no handler methods.
			return null;
		}
	}

	private HandlerMethod handlerMethod(String beanName, Class<?> type, Method method, KafkaMessageHandler annotation) {
		String groupName = resolve(annotation.value());
		List<String> topics = new ArrayList<>();
		for (String topic : annotation.topics()) {
			topics.addAll(List.of(StringUtils.tokenizeToStringArray(resolve(topic), ",")));
		}
		if (!StringUtils.hasText(groupName)) {
			throw new ConsumerConfigurationException(ConsumerNaming.consumerName(groupName), "@KafkaMessageHandler",
					groupName, "the annotation on " + describe(type, method) + " has no group name",
					"write @KafkaMessageHandler(\"link_consumer_v0\"), say");
		}
		if (groupName.indexOf('/') != -1) {
			throw new ConsumerConfigurationException(ConsumerNaming.consumerName(groupName), "@KafkaMessageHandler",
					groupName,
					"the group name '" + groupName + "' of the annotation on " + describe(type, method)
							+ " contains a slash, and the health of the consumer is found by its name in a path",
					"use '" + groupName.replace('/', '_') + "'");
		}
		if (annotation.mode().length > 1) {
			throw new ConsumerConfigurationException(ConsumerNaming.consumerName(groupName), "@KafkaMessageHandler",
					null, "the annotation on " + describe(type, method) + " has more than one mode", "use one");
		}
		ConsumerMode mode = (annotation.mode().length == 1) ? annotation.mode()[0] : null;
		return new HandlerMethod(beanName, type, method, groupName, topics, mode);
	}

	/**
	 * Against the environment: so early the bean factory has no resolver yet.
	 */
	private String resolve(String value) {
		try {
			return this.environment.resolveRequiredPlaceholders(value).trim();
		}
		catch (IllegalArgumentException ex) {
			throw new ConsumerConfigurationException(ConsumerNaming.consumerName(value), "@KafkaMessageHandler", value,
					String.valueOf(ex.getMessage()), "set the property that the placeholder names");
		}
	}

	static String describe(Class<?> type, Method method) {
		return ClassUtils.getShortName(type) + "." + method.getName();
	}

	/**
	 * An annotated method.
	 *
	 * @param beanName the bean that has it
	 * @param type the bean's class
	 * @param method the method
	 * @param groupName the consumer's group name
	 * @param topics the topics that the annotation names
	 * @param mode the mode that the annotation names, or {@code null}
	 */
	record HandlerMethod(String beanName, Class<?> type, Method method, String groupName, List<String> topics,
			@Nullable ConsumerMode mode) {

		String describe() {
			return HandlerMethods.describe(this.type, this.method);
		}

		String consumerName() {
			return ConsumerNaming.consumerName(this.groupName);
		}

	}

}
