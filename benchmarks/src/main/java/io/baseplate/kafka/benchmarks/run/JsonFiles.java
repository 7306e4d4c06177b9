package io.baseplate.kafka.benchmarks.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Records as JSON.
 */
public final class JsonFiles {

	/**
	 * The components of a record and nothing that is derived from them.
	 */
	private static final ObjectMapper mapper = JsonMapper.builder()
		.visibility(PropertyAccessor.GETTER, Visibility.NONE)
		.visibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
		.visibility(PropertyAccessor.FIELD, Visibility.ANY)
		.defaultPropertyInclusion(JsonInclude.Value.construct(Include.NON_NULL, Include.NON_NULL))
		.build();

	private JsonFiles() {
	}

	/**
	 * As one line.
	 * @param value the record
	 * @return JSON without a line break
	 */
	public static String line(Object value) {
		try {
			return mapper.writeValueAsString(value);
		}
		catch (JsonProcessingException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * From a line.
	 * @param line JSON
	 * @param type the record's type
	 * @param <T> the record's type
	 * @return the record
	 */
	public static <T> T parse(String line, Class<T> type) {
		try {
			return mapper.readValue(line, type);
		}
		catch (JsonProcessingException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Write a file that is there as a whole or not at all.
	 * @param file the file
	 * @param text its content
	 */
	public static void write(Path file, String text) {
		try {
			Path partial = file.resolveSibling(file.getFileName() + ".partial");
			Files.writeString(partial, text, StandardCharsets.UTF_8);
			Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read a file.
	 * @param file the file
	 * @return its content
	 */
	public static String read(Path file) {
		try {
			return Files.readString(file, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
