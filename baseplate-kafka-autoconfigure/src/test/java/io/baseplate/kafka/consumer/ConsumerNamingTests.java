package io.baseplate.kafka.consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link ConsumerNaming}.
 */
class ConsumerNamingTests {

	@Test
	void namesTheConsumerAfterItsGroup() {
		assertThat(ConsumerNaming.consumerName("link_consumer_v0")).isEqualTo("kafka_consumer.link_consumer_v0");
	}

	@Test
	void namesTheGroupAfterTheService() {
		assertThat(ConsumerNaming.groupId("link_service", "link_consumer_v0"))
			.isEqualTo("link_service.link_consumer_v0");
	}

	@ParameterizedTest
	@CsvSource({ "link_service.link_consumer_v0, link_consumer_v0", "a.b.c, b.c", "a.b., b.", "a..b, .b" })
	void splitsTheGroupIdAtItsFirstDot(String groupId, String groupName) {
		assertThat(ConsumerNaming.groupName(groupId)).isEqualTo(groupName);
		assertThatNoException().isThrownBy(() -> ConsumerNaming.check(ConsumerNaming.consumerName(groupName), groupId));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "nodot", ".group", "service.", ".", " .group", "service. " })
	void refusesGroupIdWithoutBothParts(String groupId) {
		assertThatIllegalArgumentException().isThrownBy(() -> ConsumerNaming.groupName(groupId))
			.withMessageContaining("'" + groupId + "'");
		ConsumerConfigurationException refused = refused("kafka_consumer.links", groupId);
		assertThat(refused.property()).isEqualTo("group-id");
		assertThat(refused.value()).isEqualTo(groupId);
		assertThat(refused.problem()).contains("{service_name}.{group_name}");
		assertRemedyPasses("kafka_consumer.links", refused);
	}

	@ParameterizedTest
	@CsvSource({ "c_v0, svc, svc.c_v0", "other, svc, svc.c_v0", ".c_v0, svc, svc.c_v0", "mine., svc, mine.c_v0",
			"c_v0, my.svc, my_svc.c_v0", "c_v0, , link_service.c_v0", "svc, , svc.c_v0" })
	void suggestsTheServiceThatIsKnownWhereTheGroupIdNamesNone(String groupId, String serviceName, String suggested) {
		ConsumerConfigurationException refused = catchThrowableOfType(ConsumerConfigurationException.class,
				() -> ConsumerNaming.check("kafka_consumer.c_v0", groupId, serviceName));
		assertThat(refused.remedy()).isEqualTo("use '" + suggested + "'");
		assertRemedyPasses("kafka_consumer.c_v0", refused);
	}

	@Test
	void refusesGroupNameThatIsNotTheConsumersAsTheSeedsOwnExample() {
		ConsumerConfigurationException refused = refused("kafka_consumer.link_consumer_v0", "service.link_consumer");
		assertThat(refused.property()).isEqualTo("group-id");
		assertThat(refused.value()).isEqualTo("service.link_consumer");
		assertThat(refused).hasMessageContainingAll("'kafka_consumer.link_consumer_v0'", "'link_consumer'",
				"'kafka_consumer.link_consumer'");
		assertRemedyPasses("kafka_consumer.link_consumer_v0", refused);
	}

	@Test
	void refusesDottedServiceNameInGroupIdByMessageOfItsOwn() {
		ConsumerConfigurationException refused = refused("kafka_consumer.links", "my.link.service.links");
		assertThat(refused.property()).isEqualTo("group-id");
		assertThat(refused.problem()).contains("a service name must not contain a dot").contains("'my.link.service'");
		assertThat(refused.remedy()).isEqualTo("use 'my_link_service.links'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "links", "kafka_consumer.", "kafka_consumer. ", "", "Kafka_consumer.links",
			"kafka_consumerXlinks" })
	void refusesConsumerNameWithoutPrefixOrGroup(String consumerName) {
		ConsumerConfigurationException refused = refused(consumerName, "service.links");
		assertThat(refused.property()).isEqualTo("name");
		assertThat(refused.value()).isEqualTo(consumerName);
		assertThat(refused.problem()).contains("kafka_consumer.{group_name}");
		assertThat(refused.remedy()).isEqualTo("use 'kafka_consumer.links'");
	}

	@Test
	void refusesServiceNameWithDot() {
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> ConsumerNaming.checkServiceName("kafka_consumer.links", "link.service"))
			.satisfies((refused) -> {
				assertThat(refused.property()).isEqualTo("service-name");
				assertThat(refused.value()).isEqualTo("link.service");
				assertThat(refused.problem()).contains("must not contain a dot");
				assertThat(refused.remedy()).isEqualTo("use 'link_service'");
			});
	}

	@Test
	void refusesEmptyServiceName() {
		assertThatExceptionOfType(ConsumerConfigurationException.class)
			.isThrownBy(() -> ConsumerNaming.checkServiceName("kafka_consumer.links", " "))
			.satisfies((refused) -> assertThat(refused.property()).isEqualTo("service-name"));
	}

	@Test
	void acceptsServiceName() {
		assertThatNoException()
			.isThrownBy(() -> ConsumerNaming.checkServiceName("kafka_consumer.links", "link_service"));
	}

	private static ConsumerConfigurationException refused(String consumerName, String groupId) {
		return catchThrowableOfType(ConsumerConfigurationException.class,
				() -> ConsumerNaming.check(consumerName, groupId));
	}

	private static void assertRemedyPasses(String consumerName, ConsumerConfigurationException refused) {
		String groupId = refused.remedy().split("'")[1];
		assertThatNoException().isThrownBy(() -> ConsumerNaming.check(consumerName, groupId));
	}

}
