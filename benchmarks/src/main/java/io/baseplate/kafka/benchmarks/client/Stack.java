package io.baseplate.kafka.benchmarks.client;

import org.jspecify.annotations.Nullable;

/**
 * Something that consumes: runs from when it was made until it is closed. Closing is its
 * own clean stop; afterwards no handler runs, and what it commits is committed.
 */
interface Stack extends AutoCloseable {

	/**
	 * What ended it before its time. Any thread.
	 * @return the failure, or {@code null}
	 */
	default @Nullable Throwable failure() {
		return null;
	}

	@Override
	void close() throws Exception;

}
