package io.baseplate.kafka.autoconfigure;

/**
 * A property that nothing reads: a typo. Its value is not shown, for it may be a secret.
 */
class UnknownSettingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String setBy;

	private final String remedy;

	/**
	 * Create a new instance.
	 * @param property the property, as it was written
	 * @param setBy where it was set
	 * @param remedy what would be right, without a full stop
	 */
	UnknownSettingException(String property, String setBy, String remedy) {
		super("There is no property '" + property + "' (set by " + setBy + "). Remedy: " + remedy + ".");
		this.property = property;
		this.setBy = setBy;
		this.remedy = remedy;
	}

	String property() {
		return this.property;
	}

	String setBy() {
		return this.setBy;
	}

	String remedy() {
		return this.remedy;
	}

}
