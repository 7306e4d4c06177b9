package io.baseplate.kafka.chaos.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * The class paths of children: those parts of the harness's own that they need, as jars
 * throughout. Directories of classes, which a build hands to its tests, become jars, so
 * that children that are started later have the same classes, whatever is compiled
 * meanwhile.
 */
final class ClassPath {

	/**
	 * What only tests need. A jar too many does no harm, so these patterns may fall
	 * behind.
	 */
	private static final Pattern TESTS = Pattern.compile("(junit|opentest4j|apiguardian|mockito|byte-buddy|objenesis|"
			+ "assertj|awaitility|hamcrest|xmlunit|json-path|json-smart|accessors-smart|asm-|jsonassert|android-json|"
			+ "jakarta\\.activation|jakarta\\.xml|spring-test|spring-boot-test|spring-boot-starter-test).*");

	/**
	 * What only a broker needs: an application of a user's would not have it.
	 */
	private static final Pattern BROKER = Pattern.compile("(kafka_|kafka-(?!clients)|baseplate-kafka-dev-broker|"
			+ "scala-|metrics-core|pcollections|hash4j|caffeine|argparse4j|commons-(?!logging)|jackson-dataformat|"
			+ "jackson-datatype|jopt-simple|jose4j|re2j).*");

	private static final Pattern APPLICATION = Pattern
		.compile("(spring-|micrometer-|jakarta\\.|context-propagation|aopalliance|baseplate-kafka-(?!chaos)).*");

	private static final ClassPath brokers = ofHarness((name) -> !APPLICATION.matcher(name).matches());

	private static final ClassPath applications = ofHarness((name) -> !BROKER.matcher(name).matches());

	private final List<Path> jars;

	private ClassPath(List<Path> jars) {
		this.jars = List.copyOf(jars);
	}

	static ClassPath brokers() {
		return brokers;
	}

	static ClassPath applications() {
		return applications;
	}

	private static ClassPath ofHarness(Predicate<String> wanted) {
		return of(System.getProperty("java.class.path"), wanted);
	}

	static ClassPath of(String classPath, Predicate<String> wanted) {
		List<Path> jars = new ArrayList<>();
		for (String element : classPath.split(File.pathSeparator, -1)) {
			if (element.isEmpty()) {
				// What Surefire says ends so: the working directory, with all that builds
				// and earlier runs have left in it.
				continue;
			}
			Path path = Path.of(element).toAbsolutePath();
			String name = name(path);
			if (wanted.test(name) && !TESTS.matcher(name).matches() && !path.endsWith("test-classes")
					&& Files.exists(path)) {
				jars.add(Files.isDirectory(path) ? jar(name, path) : path);
			}
		}
		return new ClassPath(jars);
	}

	/**
	 * A jar's own name; of {@code <module>/target/classes} the module's.
	 */
	private static String name(Path path) {
		int parents = path.getNameCount() - 3;
		String module = (parents >= 0 && path.endsWith("target/classes")) ? path.getName(parents).toString()
				: path.getFileName().toString();
		return module.equals("chaos") ? "baseplate-kafka-chaos" : module;
	}

	private static Path jar(String name, Path directory) {
		try (Stream<Path> files = Files.walk(directory)) {
			List<Path> content = files.filter((file) -> !file.equals(directory)).sorted().toList();
			Path jar = BuildDirectory.resolve("jars").resolve(name + "-" + fingerprint(content) + ".jar");
			if (!Files.exists(jar)) {
				write(jar, directory, content);
			}
			return jar;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(Path jar, Path directory, List<Path> content) throws IOException {
		Path partial = Files.createTempFile(jar.getParent(), "partial-", ".jar");
		try (OutputStream file = Files.newOutputStream(partial); JarOutputStream out = new JarOutputStream(file)) {
			for (Path path : content) {
				boolean isDirectory = Files.isDirectory(path);
				JarEntry entry = new JarEntry(directory.relativize(path) + (isDirectory ? "/" : ""));
				entry.setTime(0);
				out.putNextEntry(entry);
				if (!isDirectory) {
					Files.copy(path, out);
				}
				out.closeEntry();
			}
		}
		// Another harness may be writing the same jar.
		Files.move(partial, jar, StandardCopyOption.ATOMIC_MOVE);
	}

	/**
	 * The same for the same content.
	 */
	private static String fingerprint(List<Path> files) throws IOException {
		CRC32 checksum = new CRC32();
		for (Path file : files) {
			checksum.update(file.toString().getBytes(StandardCharsets.UTF_8));
			if (Files.isRegularFile(file)) {
				String stamp = Files.size(file) + "/" + Files.getLastModifiedTime(file).toMillis();
				checksum.update(stamp.getBytes(StandardCharsets.UTF_8));
			}
		}
		return HexFormat.of().toHexDigits((int) checksum.getValue());
	}

	@Override
	public String toString() {
		return String.join(File.pathSeparator, this.jars.stream().map(Path::toString).toList());
	}

}
