package io.baseplate.kafka.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/**
 * Says which property nothing reads, where it was set, and which one was meant.
 */
class UnknownSettingFailureAnalyzer extends AbstractFailureAnalyzer<UnknownSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownSettingException cause) {
		return new FailureAnalysis(
				"The property '%s' does not exist:%n%n    Set by: %s%n    Reason: Nothing reads a property of this name"
					.formatted(cause.property(), cause.setBy()),
				StringUtils.capitalize(cause.remedy()) + ".", cause);
	}

}
