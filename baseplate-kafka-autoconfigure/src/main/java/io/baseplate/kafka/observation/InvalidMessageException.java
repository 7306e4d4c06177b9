package io.baseplate.kafka.observation;

/**
 * Marks the span of a message whose body could not be unpacked. It stands for the real
 * cause, whose message may quote the body, and names the cause's types only.
 */
final class InvalidMessageException extends RuntimeException {

	private static final int MAX_CAUSES = 5;

	InvalidMessageException(Throwable cause) {
		super("message could not be unpacked: " + types(cause), null, false, false);
	}

	private static String types(Throwable cause) {
		StringBuilder types = new StringBuilder(cause.getClass().getName());
		Throwable next = cause.getCause();
		for (int depth = 0; next != null && depth < MAX_CAUSES; depth++) {
			types.append(" <- ").append(next.getClass().getName());
			next = next.getCause();
		}
		return types.toString();
	}

}
