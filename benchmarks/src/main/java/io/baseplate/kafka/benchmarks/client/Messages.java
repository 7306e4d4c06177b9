package io.baseplate.kafka.benchmarks.client;

import java.nio.charset.StandardCharsets;

/**
 * The messages: 1 KiB of JSON each, that differ in their number.
 */
public final class Messages {

	/**
	 * Partitions of each topic.
	 */
	public static final int PARTITIONS = 4;

	/**
	 * How many keys there are; those of one partition leave the same rest when divided by
	 * the number of partitions.
	 */
	public static final int KEYS = 10_000;

	/**
	 * The header with the time of sending, where that is measured.
	 */
	static final String SENT = "sent";

	static final String ID = "id";

	static final String KEY_PREFIX = "link-";

	private static final int SIZE = 1024;

	private static final String HEAD = """
			{"id":"0000000000","url":"https://www.example.com/r/programming/comments/1f3k9z/a_queue_consumer",\
			"title":"A queue consumer, in order and fast","author":{"name":"spez","karma":123456,"verified":true},\
			"subreddit":"programming","score":4711,"ratio":0.97,"created":1764082800000,"edited":null,"over_18":false,\
			"tags":["kafka","java","queues","consumers"],"media":[{"type":"image","width":640,"height":480},\
			{"type":"image","width":1280,"height":960}],"body":\"""";

	private static final byte[] TEMPLATE = (HEAD
			+ "Lorem ipsum dolor sit amet, consectetur adipiscing elit. ".repeat(20)
				.substring(0, SIZE - HEAD.length() - 2)
			+ "\"}")
		.getBytes(StandardCharsets.US_ASCII);

	private static final int DIGITS = 10;

	private static final int FIRST_DIGIT = HEAD.indexOf('0');

	private Messages() {
	}

	/**
	 * The body of a message.
	 * @param number its number
	 * @return 1024 bytes
	 */
	public static byte[] body(long number) {
		byte[] body = TEMPLATE.clone();
		long rest = number;
		for (int i = DIGITS - 1; i >= 0; i--) {
			body[FIRST_DIGIT + i] = (byte) ('0' + rest % 10);
			rest /= 10;
		}
		return body;
	}

	/**
	 * The key of a message.
	 * @param number the message's number
	 * @return the key
	 */
	public static byte[] key(long number) {
		return (KEY_PREFIX + number % KEYS).getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * The partition of a message: they take turns.
	 * @param number the message's number
	 * @return the partition
	 */
	public static int partition(long number) {
		return (int) (number % PARTITIONS);
	}

}
