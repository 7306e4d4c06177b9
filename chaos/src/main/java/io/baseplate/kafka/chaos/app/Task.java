package io.baseplate.kafka.chaos.app;

/**
 * The body of a message.
 *
 * @param id which message it is
 * @param work what its handlers shall do, see {@link Work}
 */
record Task(long id, String work) {
}
