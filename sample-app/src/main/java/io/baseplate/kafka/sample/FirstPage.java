package io.baseplate.kafka.sample;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.baseplate.kafka.ConsumerStatus;
import io.baseplate.kafka.ConsumerStatus.Partition;
import io.baseplate.kafka.QueueConsumer;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * Says what is running.
 */
@RestController
class FirstPage {

	private static final String PAGE = """
			<!DOCTYPE html>
			<html lang="en">
			<head>
			<meta charset="utf-8">
			<meta http-equiv="refresh" content="2">
			<title>link_service</title>
			<style>
			body { font-family: sans-serif; margin: 2em; }
			td, th { padding: .3em 1em .3em 0; text-align: left; }
			</style>
			</head>
			<body>
			<h1>link_service</h1>
			<p>Links are sent all the time, and two consumers read them. See the log too.</p>
			<table>
			<tr><th>consumer</th><th>mode</th><th>commit</th><th>group</th><th>topics</th><th>state</th>\
			<th>handled</th><th>invalid</th><th>lag</th></tr>
			%s
			</table>
			<p><a href="/actuator/health">health</a> <a href="/actuator/prometheus">metrics</a></p>
			</body>
			</html>
			""";

	private static final String ROW = """
			<tr><td><a href="/actuator/health/baseplateKafka/%1$s">%1$s</a></td><td>%2$s</td><td>%3$s</td>\
			<td>%4$s</td><td>%5$s</td><td>%6$s</td><td>%7$d</td><td>%8$d</td><td>%9$s</td></tr>""";

	private final List<QueueConsumer> consumers;

	FirstPage(List<QueueConsumer> consumers) {
		this.consumers = consumers;
	}

	@GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
	String show() {
		return PAGE.formatted(this.consumers.stream().map(FirstPage::row).collect(Collectors.joining("\n")));
	}

	private static String row(QueueConsumer consumer) {
		ConsumerStatus status = consumer.status();
		return ROW.formatted(HtmlUtils.htmlEscape(status.name()), label(status.mode()), label(status.commit()),
				HtmlUtils.htmlEscape(status.groupId()), HtmlUtils.htmlEscape(String.join(", ", status.topics())),
				label(status.state()), status.totals().handled(), status.totals().invalid(), lag(status));
	}

	private static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static String lag(ConsumerStatus status) {
		List<Partition> partitions = status.partitions();
		boolean known = !partitions.isEmpty() && partitions.stream().allMatch((partition) -> partition.lag() >= 0);
		return known ? String.valueOf(partitions.stream().mapToLong(Partition::lag).sum()) : "unknown";
	}

}
