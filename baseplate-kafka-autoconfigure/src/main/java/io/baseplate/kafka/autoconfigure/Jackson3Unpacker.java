package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON with Jackson 3: one reader a type.
 */
final class Jackson3Unpacker implements JsonUnpacker {

	private final JsonMapper mapper;

	private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

	Jackson3Unpacker(JsonMapper mapper) {
		this.mapper = mapper;
	}

	@Override
	public boolean owns(Class<?> type) {
		return JsonNode.class.isAssignableFrom(type);
	}

	@Override
	public @Nullable Object unpack(byte[] body, Type type) {
		ObjectReader reader = this.readers.get(type);
		if (reader == null) {
			reader = this.mapper.readerFor(this.mapper.constructType(type))
				.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
			this.readers.put(type, reader);
		}
		Object payload = reader.readValue(body);
		if (payload instanceof JsonNode node && node.isMissingNode()) {
			throw new IllegalArgumentException("The body is empty");
		}
		return payload;
	}

	@Override
	public @Nullable String unbindable(Type type) {
		try {
			JavaType bound = this.mapper.constructType(type);
			this.mapper.readerFor(bound).readValue(sample(bound, 0));
			return null;
		}
		catch (InvalidDefinitionException ex) {
			return ex.getOriginalMessage();
		}
		catch (Exception | LinkageError | StackOverflowError ex) {
			return null;
		}
	}

	/**
	 * Reaches the elements of containers. The depth is bounded because a container can be
	 * its own element.
	 */
	private static String sample(JavaType type, int depth) {
		JavaType content = type.getContentType();
		if (content == null || depth == 5) {
			return "{}";
		}
		String element = sample(content, depth + 1);
		if (type.isMapLikeType()) {
			return "{\"1\":" + element + "}";
		}
		return (type.isCollectionLikeType() || type.isArrayType()) ? "[" + element + "]" : element;
	}

	@Override
	public @Nullable Number number(Object payload, String name) {
		JsonNode node = (payload instanceof JsonNode tree) ? tree.get(name) : null;
		return (node != null && node.isNumber()) ? node.numberValue() : null;
	}

}
