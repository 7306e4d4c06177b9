package io.baseplate.kafka.consumer;

import org.jspecify.annotations.Nullable;

/**
 * The naming standard for consumers and consumer groups, which helps to prevent
 * collisions between services: a group id is {@code {service_name}.{group_name}}, and its
 * consumer is named {@code kafka_consumer.{group_name}}. A group id splits at its first
 * dot, so that a service name has none and a group name may have some.
 * <p>
 * The rule is the seed's ({@code InOrderConsumerFactory.new} of baseplate.py). It holds
 * for every consumer whose Kafka client is made for it; a client that the user made may
 * be of any group.
 */
public final class ConsumerNaming {

	/**
	 * What every consumer's name begins with.
	 */
	public static final String PREFIX = "kafka_consumer.";

	/**
	 * A service name to suggest where there is nothing to make one of.
	 */
	private static final String PLACEHOLDER = "link_service";

	private ConsumerNaming() {
	}

	/**
	 * The name of the consumer of a group.
	 * @param groupName the {@code {group_name}}
	 * @return {@code kafka_consumer.{group_name}}
	 */
	public static String consumerName(String groupName) {
		return PREFIX + groupName;
	}

	/**
	 * The group id that a consumer has where none is set.
	 * @param serviceName the {@code {service_name}}
	 * @param groupName the {@code {group_name}}
	 * @return {@code {service_name}.{group_name}}
	 */
	public static String groupId(String serviceName, String groupName) {
		return serviceName + "." + groupName;
	}

	/**
	 * The {@code {group_name}} of a group id: what follows its first dot.
	 * @param groupId the group id
	 * @return the group name, neither empty nor blank
	 * @throws IllegalArgumentException where the group id does not follow the standard
	 */
	public static String groupName(String groupId) {
		Parts parts = Parts.of(groupId);
		if (parts == null) {
			throw new IllegalArgumentException(
					"The group id '" + groupId + "' does not look like {service_name}.{group_name}");
		}
		return parts.groupName();
	}

	/**
	 * Check a service name that a group id is to be made of.
	 * @param consumerName the consumer's name, {@code kafka_consumer.{group_name}}
	 * @param serviceName the {@code {service_name}}
	 * @throws ConsumerConfigurationException where it is empty or contains a dot; the
	 * property is {@code service-name}
	 */
	public static void checkServiceName(String consumerName, String serviceName) {
		if (serviceName.isBlank()) {
			throw new ConsumerConfigurationException(consumerName, "service-name", serviceName,
					"the service name is empty, and a group id must look like {service_name}.{group_name}",
					"use a name such as 'link_service'");
		}
		if (serviceName.indexOf('.') != -1) {
			throw new ConsumerConfigurationException(consumerName, "service-name", serviceName,
					"a service name must not contain a dot, because a group id splits into {service_name} and "
							+ "{group_name} at its first dot",
					"use '" + withoutDots(serviceName) + "'");
		}
	}

	/**
	 * Check that a consumer and its group are named by the standard, and after each
	 * other.
	 * @param consumerName the consumer's name
	 * @param groupId the group id
	 * @throws ConsumerConfigurationException where they are not; the property is
	 * {@code name} or {@code group-id}, and the remedy quotes a value that would pass
	 */
	public static void check(String consumerName, String groupId) {
		check(consumerName, groupId, null);
	}

	/**
	 * Check that a consumer and its group are named by the standard, and after each
	 * other.
	 * @param consumerName the consumer's name
	 * @param groupId the group id
	 * @param serviceName the service that the consumer belongs to, for the value that is
	 * suggested where the group id names none; {@code null} where it is not known
	 * @throws ConsumerConfigurationException where they are not; the property is
	 * {@code name} or {@code group-id}, and the remedy quotes a value that would pass
	 */
	public static void check(String consumerName, String groupId, @Nullable String serviceName) {
		Parts parts = Parts.of(groupId);
		String groupName = consumerName.startsWith(PREFIX) ? consumerName.substring(PREFIX.length()) : "";
		if (groupName.isBlank()) {
			throw new ConsumerConfigurationException(consumerName, "name", consumerName,
					"the name of a consumer must look like kafka_consumer.{group_name}",
					"use '" + consumerName((parts != null) ? parts.groupName() : "link_consumer_v0") + "'");
		}
		if (parts == null) {
			throw new ConsumerConfigurationException(consumerName, "group-id", groupId,
					"a group id must look like {service_name}.{group_name}, neither of them empty",
					"use '" + groupId(serviceNameFor(groupId, groupName, serviceName), groupName) + "'");
		}
		if (parts.groupName().equals(groupName)) {
			return;
		}
		if (groupId.endsWith("." + groupName)) {
			String dotted = groupId.substring(0, groupId.length() - groupName.length() - 1);
			throw new ConsumerConfigurationException(consumerName, "group-id", groupId,
					"a service name must not contain a dot: the group id splits into {service_name} and {group_name} "
							+ "at its first dot, so that this is group '" + parts.groupName() + "' of service '"
							+ parts.serviceName() + "', and not group '" + groupName + "' of service '" + dotted + "'",
					"use '" + groupId(withoutDots(dotted), groupName) + "'");
		}
		throw new ConsumerConfigurationException(consumerName, "group-id", groupId,
				"the {group_name} in {service_name}.{group_name} must be that of the consumer's name '" + consumerName
						+ "', which is '" + groupName + "', and it is '" + parts.groupName() + "'",
				"use '" + groupId(parts.serviceName(), groupName) + "', or name the consumer '"
						+ consumerName(parts.groupName()) + "'");
	}

	/**
	 * What the group id has before its dot; where it has no dot, the service that is
	 * known, and only then the whole group id, unless that is the group's name.
	 */
	private static String serviceNameFor(String groupId, String groupName, @Nullable String serviceName) {
		int dot = groupId.indexOf('.');
		String first = ((dot == -1) ? groupId : groupId.substring(0, dot)).strip();
		if (serviceName != null && !serviceName.isBlank() && (dot == -1 || first.isEmpty())) {
			return withoutDots(serviceName);
		}
		return (first.isEmpty() || first.equals(groupName)) ? PLACEHOLDER : first;
	}

	private static String withoutDots(String serviceName) {
		String replaced = serviceName.replace('.', '_');
		return replaced.chars().allMatch((character) -> character == '_') ? PLACEHOLDER : replaced;
	}

	/**
	 * The two parts of a group id, neither of them blank.
	 */
	private record Parts(String serviceName, String groupName) {

		static @Nullable Parts of(String groupId) {
			int dot = groupId.indexOf('.');
			if (dot == -1) {
				return null;
			}
			Parts parts = new Parts(groupId.substring(0, dot), groupId.substring(dot + 1));
			return (parts.serviceName.isBlank() || parts.groupName.isBlank()) ? null : parts;
		}

	}

}
