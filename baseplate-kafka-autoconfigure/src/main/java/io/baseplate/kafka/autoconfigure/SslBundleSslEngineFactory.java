package io.baseplate.kafka.autoconfigure;

import java.security.KeyStore;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;

/**
 * Gives a Kafka client the keys and certificates of an {@link SslBundle}. Kafka makes the
 * instance itself, and so the class has to be public; it is set by {@code ssl.bundle} and
 * not for use in code.
 * <p>
 * Boot has such a factory in {@code spring-boot-kafka}, which an application with this
 * starter does not need to have. This one asks for the bundle at every connection, so
 * that a bundle with {@code reload-on-update} takes effect without a restart. Kafka calls
 * it on the client's network thread.
 */
public final class SslBundleSslEngineFactory implements SslEngineFactory {

	/**
	 * The client setting that holds a {@code Supplier<SslBundle>}.
	 */
	static final String BUNDLE = SslBundle.class.getName();

	private @Nullable Supplier<?> bundle;

	private @Nullable SslBundle contextOf;

	private @Nullable SSLContext context;

	@Override
	public void configure(Map<String, ?> configs) {
		if (!(configs.get(BUNDLE) instanceof Supplier<?> supplier)) {
			throw new ConfigException(BUNDLE, null, "no SSL bundle: use ssl.bundle to set this factory");
		}
		this.bundle = supplier;
	}

	@Override
	public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
		SSLEngine engine = createEngine(peerHost, peerPort);
		engine.setUseClientMode(true);
		SSLParameters parameters = engine.getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
		engine.setSSLParameters(parameters);
		return engine;
	}

	@Override
	public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
		SSLEngine engine = createEngine(peerHost, peerPort);
		engine.setUseClientMode(false);
		return engine;
	}

	@Override
	public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
		return nextConfigs.get(BUNDLE) != this.bundle;
	}

	@Override
	public Set<String> reconfigurableConfigs() {
		return Set.of(BUNDLE);
	}

	@Override
	public @Nullable KeyStore keystore() {
		return bundle().getStores().getKeyStore();
	}

	@Override
	public @Nullable KeyStore truststore() {
		return bundle().getStores().getTrustStore();
	}

	@Override
	public void close() {
	}

	private SSLEngine createEngine(String peerHost, int peerPort) {
		SslBundle current = bundle();
		SSLEngine engine = context(current).createSSLEngine(peerHost, peerPort);
		SslOptions options = current.getOptions();
		if (options.getEnabledProtocols() != null) {
			engine.setEnabledProtocols(options.getEnabledProtocols());
		}
		if (options.getCiphers() != null) {
			engine.setEnabledCipherSuites(options.getCiphers());
		}
		return engine;
	}

	private synchronized SSLContext context(SslBundle current) {
		SSLContext known = this.context;
		if (known == null || this.contextOf != current) {
			known = current.createSslContext();
			this.context = known;
			this.contextOf = current;
		}
		return known;
	}

	private SslBundle bundle() {
		if (this.bundle == null || !(this.bundle.get() instanceof SslBundle current)) {
			throw new IllegalStateException("configure(…) must be called first");
		}
		return current;
	}

}
