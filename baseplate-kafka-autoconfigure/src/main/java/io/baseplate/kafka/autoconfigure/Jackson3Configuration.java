package io.baseplate.kafka.autoconfigure;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * JSON with Jackson 3, where there is a mapper bean. A class of its own at top level: as
 * a nested class it would be looked at in another order.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(JsonMapper.class)
class Jackson3Configuration {

	@Bean
	@Order(1)
	JsonUnpackers baseplateKafkaJackson3(ObjectProvider<JsonMapper> mapper) {
		return () -> {
			JsonMapper bean = mapper.getIfUnique();
			return (bean != null) ? new Jackson3Unpacker(bean) : null;
		};
	}

}
