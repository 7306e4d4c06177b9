package io.baseplate.kafka.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * A Jackson that may be there.
 */
@FunctionalInterface
interface JsonUnpackers {

	/**
	 * Get it.
	 * @return the unpacker, or {@code null} where there is no mapper for it
	 */
	@Nullable JsonUnpacker get();

}
