package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Type;

import org.jspecify.annotations.Nullable;

/**
 * Binds JSON with one of the two Jacksons. Handler threads, side by side.
 */
interface JsonUnpacker {

	/**
	 * Whether a type belongs to this Jackson, and not to the other one.
	 * @param type the raw type of a payload parameter
	 * @return {@code true} for its own tree
	 */
	boolean owns(Class<?> type);

	/**
	 * Bind a body.
	 * @param body the body
	 * @param type the type to bind to
	 * @return the payload
	 * @throws Exception where the body is not one JSON value of that type
	 */
	@Nullable Object unpack(byte[] body, Type type) throws Exception;

	/**
	 * Ask the library whether a type can be bound at all: a sample is bound, and only the
	 * library's verdict on the type's definition counts, since what the sample lacks says
	 * nothing about the bodies to come.
	 * @param type the type to bind to
	 * @return why no body whatever can be bound, or {@code null}
	 */
	@Nullable String unbindable(Type type);

	/**
	 * Look up a number in a payload that this Jackson has bound.
	 * @param payload a tree of this Jackson
	 * @param name the name of the property
	 * @return the number, or {@code null}
	 */
	@Nullable Number number(Object payload, String name);

}
