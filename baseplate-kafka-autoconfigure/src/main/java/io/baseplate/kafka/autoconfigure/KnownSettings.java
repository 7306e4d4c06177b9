package io.baseplate.kafka.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The names of the settings that exist, as the types have them that settings are bound
 * to, and the one that somebody meant who wrote another.
 */
final class KnownSettings {

	/** What can be set of one consumer. */
	static final KnownSettings OF_ONE = new KnownSettings(ConsumerProperties.class);

	/** What can be set under {@code baseplate.kafka}. */
	static final KnownSettings OF_ALL = new KnownSettings(ConsumerProperties.class, BaseplateKafkaProperties.class);

	private final Map<String, Kind> kinds = new TreeMap<>();

	private KnownSettings(Class<?>... types) {
		for (Class<?> type : types) {
			add("", type);
		}
	}

	private void add(String prefix, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			this.kinds.put(name, Kind.of(component.getType()));
			if (component.getType().isRecord()) {
				add(name + ".", component.getType());
			}
		}
	}

	/**
	 * Whether something reads a setting.
	 * @param name the name of the property
	 * @param from the element with which the setting's own name begins
	 * @return whether it exists
	 */
	boolean contains(ConfigurationPropertyName name, int from) {
		StringBuilder path = new StringBuilder();
		for (int i = from; i < name.getNumberOfElements(); i++) {
			path.append(path.isEmpty() ? "" : ".").append(uniform(name.getElement(i, Form.ORIGINAL)));
			Kind kind = kind(path.toString(), true);
			if (kind != Kind.GROUP) {
				int more = name.getNumberOfElements() - i - 1;
				return kind == Kind.MAP || (kind != null && more == 0)
						|| (kind == Kind.LIST && more == 1 && name.isNumericIndex(i + 1));
			}
		}
		return true;
	}

	/**
	 * Whether something reads an environment variable, in which an underscore may be a
	 * dot or a dash.
	 * @param name the name of the property
	 * @param from the element with which the setting's own name begins
	 * @return whether the setting exists
	 */
	boolean containsVariable(ConfigurationPropertyName name, int from) {
		StringBuilder path = new StringBuilder();
		for (int i = from; i < name.getNumberOfElements(); i++) {
			Kind before = kind(path.toString(), false);
			if (before == Kind.MAP || (before == Kind.LIST && name.isNumericIndex(i))) {
				return true;
			}
			path.append(uniform(name.getElement(i, Form.ORIGINAL)));
		}
		return kind(path.toString(), false) != null;
	}

	private @Nullable Kind kind(String uniform, boolean dots) {
		return this.kinds.entrySet()
			.stream()
			.filter((known) -> (dots ? uniform(known.getKey()) : squeezed(known.getKey())).equals(uniform))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	/**
	 * The setting that is written alike.
	 * @param setting what was written
	 * @return its right name, or {@code null} where none is
	 */
	@Nullable String nearest(String setting) {
		return nearest(setting, this.kinds.keySet());
	}

	static @Nullable String nearest(String written, Collection<String> names) {
		String squeezed = squeezed(written);
		String nearest = names.stream()
			.min(Comparator.comparingInt((String name) -> distance(squeezed, squeezed(name)))
				.thenComparing(Comparator.naturalOrder()))
			.orElse("");
		return (distance(squeezed, squeezed(nearest)) <= Math.max(2, squeezed.length() / 3)) ? nearest : null;
	}

	/**
	 * How many letters make one word of another: put in, left out or replaced.
	 */
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int k = 0; k <= other.length(); k++) {
			row[k] = k;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int k = 1; k <= other.length(); k++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(k - 1)) ? 0 : 1);
				diagonal = row[k];
				row[k] = Math.min(replaced, Math.min(row[k], row[k - 1]) + 1);
			}
		}
		return row[other.length()];
	}

	/**
	 * The names, without those that only have others beneath them.
	 * @return the names
	 */
	List<String> names() {
		return this.kinds.entrySet()
			.stream()
			.filter((known) -> known.getValue() != Kind.GROUP)
			.map(Map.Entry::getKey)
			.toList();
	}

	private static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}.]", "");
	}

	private static String squeezed(String name) {
		return ConsumerPropertiesResolver.uniform(name);
	}

	private enum Kind {

		VALUE, LIST, MAP, GROUP;

		static Kind of(Class<?> type) {
			if (type.isRecord()) {
				return GROUP;
			}
			if (Map.class.isAssignableFrom(type)) {
				return MAP;
			}
			return Collection.class.isAssignableFrom(type) ? LIST : VALUE;
		}

	}

}
