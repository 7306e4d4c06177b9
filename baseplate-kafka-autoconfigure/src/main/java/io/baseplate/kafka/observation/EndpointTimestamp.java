package io.baseplate.kafka.observation;

import java.lang.annotation.Annotation;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Finds when a message was made, as baseplate.py does: its publishers put
 * {@code endpoint_timestamp}, milliseconds since 1970, into the body. Looked for in a
 * map, then by the extractor (trees and mapped beans of a JSON library, say), then as a
 * property of that JSON name. Handler threads.
 */
final class EndpointTimestamp {

	private static final String NAME = "endpoint_timestamp";

	private static final String GETTER_NAME = "getEndpoint_timestamp";

	private static final String JSON_PROPERTY = "com.fasterxml.jackson.annotation.JsonProperty";

	private static final ClassValue<Property> properties = new ClassValue<>() {

		@Override
		protected Property computeValue(Class<?> type) {
			return find(type);
		}

	};

	private final Function<Object, @Nullable Number> extractor;

	EndpointTimestamp(Function<Object, @Nullable Number> extractor) {
		this.extractor = extractor;
	}

	/**
	 * Find the timestamp.
	 * @param payload the unpacked payload
	 * @return milliseconds since 1970, or 0 where there is none: absent, not a number, or
	 * not after 1970
	 */
	double millis(Object payload) {
		double millis = (value(payload) instanceof Number number) ? number.doubleValue() : 0;
		return (millis > 0 && millis < Long.MAX_VALUE) ? millis : 0;
	}

	private @Nullable Object value(Object payload) {
		try {
			if (payload instanceof Map<?, ?> map) {
				return map.get(NAME);
			}
			Object value = this.extractor.apply(payload);
			return (value != null) ? value : properties.get(payload.getClass()).get(payload);
		}
		catch (RuntimeException ex) {
			// A map without null or text keys, a getter that throws: it has none.
			return null;
		}
	}

	private static Property find(Class<?> type) {
		if (type.isArray() || type.isPrimitive() || type.getName().startsWith("java.")) {
			return Property.NONE;
		}
		for (Method method : type.getMethods()) {
			if (isGetter(method)
					&& (method.getName().equals(NAME) || method.getName().equals(GETTER_NAME) || isNamed(method))
					&& isAccessible(method)) {
				return method::invoke;
			}
		}
		for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
			for (Field field : owner.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && (field.getName().equals(NAME) || isNamed(field))
						&& isAccessible(field)) {
					return field::get;
				}
			}
		}
		return Property.NONE;
	}

	private static boolean isGetter(Method method) {
		return method.getParameterCount() == 0 && method.getReturnType() != void.class
				&& !Modifier.isStatic(method.getModifiers());
	}

	/**
	 * Jackson 2 and 3 share this annotation; neither need be there.
	 */
	private static boolean isNamed(AnnotatedElement element) {
		for (Annotation annotation : element.getAnnotations()) {
			if (annotation.annotationType().getName().equals(JSON_PROPERTY)) {
				try {
					return NAME.equals(annotation.annotationType().getMethod("value").invoke(annotation));
				}
				catch (ReflectiveOperationException ex) {
					return false;
				}
			}
		}
		return false;
	}

	private static boolean isAccessible(AccessibleObject object) {
		return object.trySetAccessible();
	}

	@FunctionalInterface
	private interface Property {

		Property NONE = (payload) -> null;

		@Nullable Object read(Object payload) throws ReflectiveOperationException;

		default @Nullable Object get(Object payload) {
			try {
				return read(payload);
			}
			catch (ReflectiveOperationException ex) {
				return null;
			}
		}

	}

}
