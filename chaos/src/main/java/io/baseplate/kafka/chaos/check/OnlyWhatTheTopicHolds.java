package io.baseplate.kafka.chaos.check;

import java.util.List;

/**
 * Nothing is handled that is not there.
 * <p>
 * Contract: "By default … {@code isolation.level=read_committed}": messages of aborted
 * transactions are not handled; and a message that is invalid does not reach the handler.
 * <p>
 * Definition: each invocation's offset and id are those of a valid message of the truth,
 * of any incarnation of the topic. Where the topic was created anew, an invocation for an
 * unknown message that began at most 60 s after is not judged: it may have been a message
 * of the old one.
 */
final class OnlyWhatTheTopicHolds implements Guarantee {

	@Override
	public List<Violation> check(History history) {
		Findings findings = new Findings(this);
		for (Stray stray : history.strays()) {
			findings
				.add(() -> ("partition %d offset %d (id %d): %s started it %s, but the topic holds %s there; expected: "
						+ "only valid messages that were committed to the topic")
					.formatted(stray.partition(), stray.offset(), stray.id(), history.process(stray.process()),
							history.at(stray.nanos()), stray.holds()));
		}
		return findings.list();
	}

}
