package io.baseplate.kafka.chaos.process;

/**
 * What a load sends.
 *
 * @param bootstrapServers where to
 * @param topic the topic
 * @param seed from which everything that is chosen by chance follows
 * @param firstId the id of the first message; the others count on
 * @param keys how many keys the messages are spread over, which decide their partitions
 * @param perSecond how many messages a second, {@link #UNLIMITED} for as fast as possible
 * @param works what handlers shall do
 * @param transactionSize messages in a transaction, 0 for no transactions
 * @param abortShare the share of transactions that are aborted, between 0 and 1
 */
public record LoadSpec(String bootstrapServers, String topic, long seed, long firstId, int keys, int perSecond,
		Works works, int transactionSize, double abortShare) {

	/**
	 * As fast as possible.
	 */
	public static final int UNLIMITED = 0;

	/**
	 * Messages with nothing to do, 100 a second.
	 * @param bootstrapServers where to
	 * @param topic the topic
	 * @param seed from which everything that is chosen by chance follows
	 * @return the specification
	 */
	public static LoadSpec of(String bootstrapServers, String topic, long seed) {
		return new LoadSpec(bootstrapServers, topic, seed, 0, 64, 100, Works.none(), 0, 0);
	}

	/**
	 * Another rate.
	 * @param perSecond messages a second
	 * @return the specification
	 */
	public LoadSpec rate(int perSecond) {
		return new LoadSpec(this.bootstrapServers, this.topic, this.seed, this.firstId, this.keys, perSecond,
				this.works, this.transactionSize, this.abortShare);
	}

	/**
	 * Another number of keys.
	 * @param keys how many
	 * @return the specification
	 */
	public LoadSpec keys(int keys) {
		return new LoadSpec(this.bootstrapServers, this.topic, this.seed, this.firstId, keys, this.perSecond,
				this.works, this.transactionSize, this.abortShare);
	}

	/**
	 * Other works.
	 * @param works what handlers shall do
	 * @return the specification
	 */
	public LoadSpec works(Works works) {
		return new LoadSpec(this.bootstrapServers, this.topic, this.seed, this.firstId, this.keys, this.perSecond,
				works, this.transactionSize, this.abortShare);
	}

	/**
	 * Other ids, for a second load on the same topic.
	 * @param firstId the id of the first message
	 * @return the specification
	 */
	public LoadSpec firstId(long firstId) {
		return new LoadSpec(this.bootstrapServers, this.topic, this.seed, firstId, this.keys, this.perSecond,
				this.works, this.transactionSize, this.abortShare);
	}

	/**
	 * Transactions.
	 * @param size messages in each
	 * @param abortShare the share of them that are aborted, between 0 and 1
	 * @return the specification
	 */
	public LoadSpec transactions(int size, double abortShare) {
		return new LoadSpec(this.bootstrapServers, this.topic, this.seed, this.firstId, this.keys, this.perSecond,
				this.works, size, abortShare);
	}

}
