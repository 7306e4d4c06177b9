package io.baseplate.kafka.autoconfigure;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * JSON with Jackson 2: with the user's mapper, else with a plain one. A class of its own
 * at top level: as a nested class it would be looked at in another order.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ObjectMapper.class)
class Jackson2Configuration {

	@Bean
	@Order(2)
	JsonUnpackers baseplateKafkaJackson2(ObjectProvider<ObjectMapper> mapper) {
		return () -> {
			ObjectMapper bean = mapper.getIfUnique();
			return (bean != null) ? new Jackson2Unpacker(bean) : Jackson2Unpacker.plain();
		};
	}

}
