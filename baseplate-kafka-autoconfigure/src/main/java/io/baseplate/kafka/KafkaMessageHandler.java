package io.baseplate.kafka;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Makes a method of a bean the handler of a queue consumer of its own. The method may be
 * of any visibility but private. It returns nothing, or a {@code CompletionStage} (a
 * {@code CompletableFuture}, say): then a message is in flight until that has completed,
 * see {@link AsyncMessageHandler}. Its parameters are any of these, each at most once, in
 * any order:
 * <ul>
 * <li>the payload, of any type that the unpacker can make of the body: JSON by default,
 * {@code String} is the body as UTF-8 text, {@code byte[]} the body as it is. The body is
 * unpacked only where there is a payload parameter</li>
 * <li>{@link MessageContext}</li>
 * <li>{@code ConsumerRecord<byte[], byte[]>}</li>
 * </ul>
 * The consumer is a bean named {@code kafka_consumer.{group_name}} of type
 * {@code InOrderConsumer} or {@code FastConsumer}, configured with
 * {@code baseplate.kafka.consumers.{group_name}.*}. It looks the bean that has the method
 * up once, with its first message: of a prototype it keeps one instance.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface KafkaMessageHandler {

	/**
	 * The {@code {group_name}}: what follows the service name in the group id
	 * {@code {service_name}.{group_name}}. Placeholders are resolved.
	 * @return the group name
	 */
	String value();

	/**
	 * The topics to read, where the property {@code topics} of this consumer does not say
	 * otherwise. Placeholders are resolved; a value may hold several, comma separated.
	 * @return the topics
	 */
	String[] topics() default {};

	/**
	 * The mode, where the property {@code mode} of this consumer does not say otherwise:
	 * none or one.
	 * @return the mode
	 */
	ConsumerMode[] mode() default {};

}
