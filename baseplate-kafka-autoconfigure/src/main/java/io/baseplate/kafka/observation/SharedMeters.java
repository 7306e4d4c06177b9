package io.baseplate.kafka.observation;

import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * What consumers share in one registry: a meter with the same name and tags is one meter,
 * whoever asks for it, so that it may go only when the last of them is gone. Any thread;
 * never on the way of a message, but for the first of its kind.
 */
final class SharedMeters {

	private static final Map<MeterRegistry, SharedMeters> registries = new WeakHashMap<>();

	private final Map<Object, Shared<?>> shared = new HashMap<>();

	private SharedMeters() {
	}

	static SharedMeters of(MeterRegistry registry) {
		synchronized (registries) {
			return registries.computeIfAbsent(registry, (key) -> new SharedMeters());
		}
	}

	/**
	 * Take a share.
	 * @param key what is shared
	 * @param create makes it for the first
	 * @param remove takes it away after the last
	 * @param <T> the type of what is shared
	 * @return the share, to be closed once
	 */
	@SuppressWarnings("unchecked")
	synchronized <T> Share<T> share(Object key, Supplier<T> create, Consumer<T> remove) {
		Shared<T> shared = (Shared<T>) this.shared.get(key);
		if (shared == null) {
			shared = new Shared<>(create.get(), remove);
			this.shared.put(key, shared);
		}
		shared.users++;
		return new Share<>(this, key, shared);
	}

	private synchronized <T> void release(Object key, Shared<T> shared) {
		if (--shared.users == 0) {
			this.shared.remove(key);
			shared.remove.accept(shared.value);
		}
	}

	/**
	 * A share in a meter.
	 *
	 * @param <T> the type of what is shared
	 */
	static final class Share<T> implements AutoCloseable {

		private final SharedMeters owner;

		private final Object key;

		private final Shared<T> shared;

		private boolean closed;

		private Share(SharedMeters owner, Object key, Shared<T> shared) {
			this.owner = owner;
			this.key = key;
			this.shared = shared;
		}

		T get() {
			return this.shared.value;
		}

		@Override
		public void close() {
			synchronized (this.owner) {
				if (!this.closed) {
					this.closed = true;
					this.owner.release(this.key, this.shared);
				}
			}
		}

	}

	private static final class Shared<T> {

		private final T value;

		private final Consumer<T> remove;

		private int users;

		Shared(T value, Consumer<T> remove) {
			this.value = value;
			this.remove = remove;
		}

	}

}
