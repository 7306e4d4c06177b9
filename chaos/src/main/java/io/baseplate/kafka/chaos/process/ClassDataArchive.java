package io.baseplate.kafka.chaos.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Archives of loaded classes, so that children start faster. Made once per build, from
 * children that worked and ended in peace; without them children start all the same.
 */
enum ClassDataArchive {

	/** For brokers. */
	BROKERS(ClassPath::brokers),

	/** For applications. */
	APPLICATIONS(ClassPath::applications);

	@SuppressWarnings("ImmutableEnumChecker")
	private final Supplier<ClassPath> classPath;

	ClassDataArchive(Supplier<ClassPath> classPath) {
		this.classPath = classPath;
	}

	List<String> options() {
		return exists() ? List.of("-XX:SharedArchiveFile=" + file(), "-Xshare:auto") : List.of("-Xshare:auto");
	}

	boolean exists() {
		return Files.exists(file());
	}

	Path file() {
		return BuildDirectory.resolve("class-data")
			.resolve("%s-%s-%s.jsa".formatted(name().toLowerCase(Locale.ROOT), this.classPath.get().fingerprint(),
					Runtime.version().toString().replace('+', '_')));
	}

}
