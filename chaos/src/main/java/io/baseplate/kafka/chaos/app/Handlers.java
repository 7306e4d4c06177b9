package io.baseplate.kafka.chaos.app;

import io.baseplate.kafka.ConsumerMode;
import io.baseplate.kafka.KafkaMessageHandler;
import io.baseplate.kafka.MessageContext;
import io.baseplate.kafka.chaos.Cell;
import io.baseplate.kafka.chaos.journal.JournalWriter;

/**
 * One handler for each cell. All do the same: they write down that they begin, do what
 * the message says, and write down how they end.
 */
class Handlers {

	private final JournalWriter journal;

	private final Work work;

	Handlers(JournalWriter journal, Work work) {
		this.journal = journal;
		this.work = work;
	}

	@KafkaMessageHandler(value = "each_message_classic", mode = ConsumerMode.IN_ORDER)
	void eachMessageClassic(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.EACH_MESSAGE_CLASSIC, task, context);
	}

	@KafkaMessageHandler(value = "each_message_consumer", mode = ConsumerMode.IN_ORDER)
	void eachMessageConsumer(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.EACH_MESSAGE_CONSUMER, task, context);
	}

	@KafkaMessageHandler(value = "continuous_classic", mode = ConsumerMode.IN_ORDER)
	void continuousClassic(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.CONTINUOUS_CLASSIC, task, context);
	}

	@KafkaMessageHandler(value = "continuous_consumer", mode = ConsumerMode.IN_ORDER)
	void continuousConsumer(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.CONTINUOUS_CONSUMER, task, context);
	}

	@KafkaMessageHandler(value = "interval_classic", mode = ConsumerMode.IN_ORDER)
	void intervalClassic(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.INTERVAL_CLASSIC, task, context);
	}

	@KafkaMessageHandler(value = "interval_consumer", mode = ConsumerMode.IN_ORDER)
	void intervalConsumer(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.INTERVAL_CONSUMER, task, context);
	}

	@KafkaMessageHandler(value = "processed_classic", mode = ConsumerMode.FAST)
	void processedClassic(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.PROCESSED_CLASSIC, task, context);
	}

	@KafkaMessageHandler(value = "processed_consumer", mode = ConsumerMode.FAST)
	void processedConsumer(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.PROCESSED_CONSUMER, task, context);
	}

	@KafkaMessageHandler(value = "read_classic", mode = ConsumerMode.FAST)
	void readClassic(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.READ_CLASSIC, task, context);
	}

	@KafkaMessageHandler(value = "read_consumer", mode = ConsumerMode.FAST)
	void readConsumer(Task task, MessageContext context) throws InterruptedException {
		handle(Cell.READ_CONSUMER, task, context);
	}

	private void handle(Cell cell, Task task, MessageContext context) throws InterruptedException {
		int partition = context.partition();
		long offset = context.offset();
		long invocation = this.journal.started(cell, partition, offset, task.id());
		try {
			this.work.perform(cell, task);
		}
		catch (InterruptedException ex) {
			this.journal.interrupted(invocation, cell, partition, offset, task.id());
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			this.journal.failed(invocation, cell, partition, offset, task.id());
			throw ex;
		}
		this.journal.ended(invocation, cell, partition, offset, task.id());
	}

}
