package io.baseplate.kafka.chaos.process;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The same fault for several proxies.
 */
final class AllProxies implements NetworkFaults {

	private final List<FaultProxy> proxies;

	AllProxies(List<FaultProxy> proxies) {
		this.proxies = proxies;
	}

	@Override
	public Span delay(Duration delay) {
		return all((proxy) -> proxy.delay(delay));
	}

	@Override
	public Span stall() {
		return all(FaultProxy::stall);
	}

	@Override
	public Span stallAnswers() {
		return all(FaultProxy::stallAnswers);
	}

	@Override
	public Span reset() {
		return all(FaultProxy::reset);
	}

	@Override
	public Span refuse() {
		return all(FaultProxy::refuse);
	}

	@Override
	public Span heal() {
		return all(FaultProxy::heal);
	}

	private Span all(Consumer<FaultProxy> action) {
		return Span.of(() -> this.proxies.forEach(action));
	}

}
