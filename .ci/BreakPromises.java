import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Breaks each promise of docs/contract.md on purpose, as docs/breakages/*.txt say, and runs the test that must fail then.
 *
 * <pre>
 * java .ci/BreakPromises.java [--resume] [--jobs=N] [filter ...]
 * </pre>
 *
 * A filter is a part of a breakage's file name, promise, test or source file, in any case; several: any of them. With
 * --resume, what was seen to pass unbroken and to fail broken before is not run again, as long as nothing but the
 * breakages has changed since. N tests run at once, two if nothing is said: most of them wait for brokers, and a test that
 * starves would fail for another reason than the breakage.
 * <p>
 * Needs a JDK, 17 or newer, and nothing else. Everything happens in a copy of the tree, target/breakages/tree, which is
 * compiled once. A broken Java file is compiled alone into a directory that goes before the others on the class path; any
 * other broken file is changed in the copy, while nothing else runs, and put back. Each test runs unbroken first, and must
 * pass then; one JVM for the tests of a class, and one for each breakage. What they say is in target/breakages/logs. The
 * classes of libraries that the unbroken tests load are kept in an archive of the JVM, which halves what a start costs.
 * <p>
 * A breakage:
 *
 * <pre>
 * promise: the start of the promise's row in docs/contract.md, which only that row has
 * breaks: what the bug is, in words
 * test: LinkConsumerTests#nameOfTheMethodThatMustFail
 * file: the source file, from the root of the tree
 * -the text to replace, which occurs once in the file: these lines, without their first character, and the
 * -line breaks between them
 * +the text to put there
 * </pre>
 *
 * Where two places keep the same promise, `file:` and the lines after it are there once for each; all are Java then. For
 * what no edit can break there are `promise:` and `cannot be broken: why`, and `test:` where that is so for one of the
 * promise's tests. Between breakages are empty lines; lines that begin with # are comments.
 */
class BreakPromises {

	private static final Path ROOT = Path.of("").toAbsolutePath();

	private static final Path WORK = ROOT.resolve("target/breakages");

	private static final Path TREE = WORK.resolve("tree");

	private static final Path COMPILED = WORK.resolve("compiled");

	private static final Path SEEN = WORK.resolve("seen");

	private static final Path ARCHIVE = WORK.resolve("classes.jsa");

	private static final Set<String> NOT_COPIED = Set.of("target", ".git", ".idea", ".vscode", ".settings");

	private static final List<String> JVM = List.of("-Xmx1g", "-XX:+EnableDynamicAgentLoading", "-Xshare:auto",
			"-XX:TieredStopAtLevel=1", "-Dbaseplate.test.virtual-threads=false");

	private static final Pattern UNLINKED = Pattern
		.compile("(NoSuch(Method|Field)|AbstractMethod|IllegalAccess|IncompatibleClassChange|Verify)Error: .*baseplate.*");

	private static final int UNBROKEN_SECONDS = 240;

	private final Map<String, TestClass> tests = new LinkedHashMap<>();

	private final Map<String, Future<Map<String, Run>>> unbroken = new LinkedHashMap<>();

	private final Set<Process> running = ConcurrentHashMap.newKeySet();

	/** What is changed in the copy of the tree is seen by every test that runs: it has to be alone. */
	private final ReadWriteLock tree = new ReentrantReadWriteLock();

	private final AtomicInteger threads = new AtomicInteger();

	/** Where the tests of a thread write. */
	private final ThreadLocal<Path> own = ThreadLocal.withInitial(() -> WORK.resolve("job-" + this.threads.incrementAndGet()));

	private final Set<String> loaded = Collections.synchronizedSet(new LinkedHashSet<>());

	private final boolean resume;

	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	private int passed;

	private int failed;

	private BreakPromises(boolean resume) {
		this.resume = resume;
	}

	public static void main(String[] arguments) throws Exception {
		List<String> filters = new ArrayList<>(List.of(arguments));
		boolean resume = filters.remove("--resume");
		int jobs = filters.stream()
			.filter((argument) -> argument.startsWith("--jobs="))
			.mapToInt((argument) -> Integer.parseInt(argument.substring("--jobs=".length())))
			.findAny()
			.orElse(2);
		filters.removeIf((argument) -> argument.startsWith("--jobs="));
		if (!Files.isRegularFile(ROOT.resolve("docs/contract.md"))) {
			throw new IllegalStateException("run this at the root of the tree: java .ci/BreakPromises.java");
		}
		Files.createDirectories(WORK);
		try (FileChannel channel = FileChannel.open(WORK.resolve("lock"), StandardOpenOption.CREATE,
				StandardOpenOption.WRITE); FileLock lock = channel.tryLock()) {
			if (lock == null) {
				throw new IllegalStateException("another run is at work here");
			}
			System.exit(new BreakPromises(resume).run(jobs, filters) ? 0 : 1);
		}
	}

	private boolean run(int jobs, List<String> filters) throws Exception {
		long begin = System.nanoTime();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> this.running.forEach(BreakPromises::kill)));
		List<Breakage> breakages = Breakage.readAll(ROOT.resolve("docs/breakages"))
			.stream()
			.filter((breakage) -> breakage.cannotBeBroken().isEmpty() && breakage.matches(filters))
			.toList();
		readSeen(synchronize());
		compile();
		findTests();
		List<Breakage> left = breakages.stream().filter(Predicate.not(this::wasSeen)).toList();
		ExecutorService executor = Executors.newFixedThreadPool(jobs);
		try {
			left.stream()
				.collect(Collectors.groupingBy(Breakage::testClass, LinkedHashMap::new,
						Collectors.mapping(Breakage::testMethod, Collectors.toCollection(LinkedHashSet::new))))
				.forEach((testClass, methods) -> this.unbroken.put(testClass,
						executor.submit(() -> unbroken(testClass, methods))));
			for (Future<?> run : this.unbroken.values()) {
				run.get();
			}
			archive();
			List<Future<?>> runs = new ArrayList<>();
			for (Breakage breakage : left) {
				runs.add(executor.submit(() -> {
					count(breakage, seenToFail(breakage));
					return null;
				}));
			}
			for (Future<?> run : runs) {
				run.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		System.out.println(this.passed + " passed, " + this.failed + " failed, "
				+ TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + " s");
		return this.failed == 0 && this.passed > 0;
	}

	private boolean wasSeen(Breakage breakage) {
		if (!this.resume || !this.seen.contains(breakage.hash())) {
			return false;
		}
		this.passed++;
		return say("ok   ", breakage, "seen to fail before", "");
	}

	private synchronized void count(Breakage breakage, boolean seenToFail) throws IOException {
		this.passed += seenToFail ? 1 : 0;
		this.failed += seenToFail ? 0 : 1;
		if (seenToFail) {
			this.seen.add(breakage.hash());
		}
		else {
			this.seen.remove(breakage.hash());
		}
		writeSeen();
	}

	private boolean seenToFail(Breakage breakage) throws Exception {
		TestClass test = this.tests.get(breakage.testClass());
		if (test == null) {
			return say("FAIL ", breakage, "no such test", "");
		}
		Map<Path, String> texts = new LinkedHashMap<>();
		Map<Path, String> broken = new LinkedHashMap<>();
		this.tree.readLock().lock();
		try {
			for (Replacement replacement : breakage.replacements()) {
				Path file = TREE.resolve(replacement.file());
				if (!Files.isRegularFile(file)) {
					return say("FAIL ", breakage, "no such file " + replacement.file(), "");
				}
				texts.put(file, Files.readString(file));
				String text = broken.getOrDefault(file, texts.get(file));
				int times = (text.length() - text.replace(replacement.from(), "").length()) / replacement.from().length();
				if (times != 1) {
					return say("FAIL ", breakage, (times == 0) ? "text not found" : "text found " + times + " times",
							replacement.from());
				}
				broken.put(file, text.replace(replacement.from(), replacement.to()));
			}
		}
		finally {
			this.tree.readLock().unlock();
		}
		Run before = this.unbroken.get(breakage.testClass()).get().get(breakage.testMethod());
		if (!before.outcome().equals("passed")) {
			return say("FAIL ", breakage, "unbroken, the test " + before.outcome(), before.detail());
		}
		Path first = broken.keySet().iterator().next();
		Run run = first.toString().endsWith(".java") ? runWithClasses(breakage, test, broken, limit(before))
				: runWithFile(breakage, test, first, texts.get(first), broken.get(first), limit(before));
		String seconds = String.format(Locale.ROOT, "%.1f s", run.millis() / 1e3);
		return switch (run.outcome()) {
			case "failed" -> say("ok   ", breakage, "seen to fail, " + seconds, run.detail());
			case "hung" -> say("ok   ", breakage, "seen to fail, hung, " + seconds, "");
			case "passed" -> say("FAIL ", breakage, "SURVIVED, " + seconds, "");
			default -> say("FAIL ", breakage, run.outcome(), run.detail());
		};
	}

	/** Its classes go before the others on the class path: nothing has to be put back. */
	private Run runWithClasses(Breakage breakage, TestClass test, Map<Path, String> broken, long seconds)
			throws Exception {
		Path directory = fresh(this.own.get().resolve("broken-source"));
		Path classes = fresh(this.own.get().resolve("broken"));
		List<Path> sources = new ArrayList<>();
		for (Map.Entry<Path, String> file : broken.entrySet()) {
			sources.add(Files.writeString(directory.resolve(file.getKey().getFileName()), file.getValue()));
		}
		Path module = TREE.resolve(TREE.relativize(broken.keySet().iterator().next()).getName(0));
		this.tree.readLock().lock();
		try {
			String errors = javac(classes, classPath(module), sources);
			if (!errors.isEmpty()) {
				return new Run("did not compile", errors);
			}
			return test(test, List.of(breakage.testMethod()), breakage, classes + java.io.File.pathSeparator, seconds)
				.get(breakage.testMethod());
		}
		finally {
			this.tree.readLock().unlock();
		}
	}

	/** A document or a resource: tests read it where it is, and Maven has copied resources to target/classes. */
	private Run runWithFile(Breakage breakage, TestClass test, Path file, String text, String broken, long seconds)
			throws Exception {
		String marker = "/src/main/resources/";
		int resource = file.toString().replace('\\', '/').indexOf(marker);
		Path copied = (resource == -1) ? null
				: Path.of(file.toString().substring(0, resource), "target/classes",
						file.toString().substring(resource + marker.length()));
		this.tree.writeLock().lock();
		try {
			Files.delete(COMPILED);
			Files.writeString(file, broken);
			if (copied != null) {
				Files.writeString(copied, broken);
			}
			return test(test, List.of(breakage.testMethod()), breakage, "", seconds).get(breakage.testMethod());
		}
		finally {
			Files.writeString(file, text);
			if (copied != null) {
				Files.writeString(copied, text);
			}
			Files.createFile(COMPILED);
			this.tree.writeLock().unlock();
		}
	}

	/** What hangs is ended when it takes much longer than the test unbroken, and a JVM and its broker to start. */
	private static long limit(Run unbroken) {
		return 30 + 3 * unbroken.millis() / 1000;
	}

	/** One JVM for all tests of a class that are going to be broken. */
	private Map<String, Run> unbroken(String testClass, Set<String> methods) throws Exception {
		TestClass test = this.tests.get(testClass);
		Map<String, Run> runs = new LinkedHashMap<>();
		for (String method : this.resume ? methods : Set.<String>of()) {
			this.seen.stream()
				.filter((line) -> line.startsWith(testClass + "#" + method + " "))
				.forEach((line) -> runs.put(method,
						new Run("passed", "", Long.parseLong(line.substring(line.indexOf(' ') + 1)))));
		}
		Set<String> left = new LinkedHashSet<>(methods);
		left.removeAll(runs.keySet());
		if (test == null || left.isEmpty()) {
			return runs;
		}
		this.tree.readLock().lock();
		try {
			runs.putAll(test(test, left, null, "", UNBROKEN_SECONDS));
		}
		finally {
			this.tree.readLock().unlock();
		}
		for (String method : left) {
			this.seen.removeIf((line) -> line.startsWith(testClass + "#" + method + " "));
			if (runs.get(method).outcome().equals("passed")) {
				this.seen.add(testClass + "#" + method + " " + runs.get(method).millis());
			}
		}
		writeSeen();
		return runs;
	}

	private Map<String, Run> test(TestClass test, Collection<String> methods, Breakage breakage, String classPathPrefix,
			long seconds) throws Exception {
		Path result = Files.createDirectories(this.own.get()).resolve("result");
		Files.deleteIfExists(result);
		String name = (breakage == null) ? "-unbroken"
				: "-" + shortened(breakage.testMethod()) + "-" + breakage.hash().substring(0, 8);
		Path log = Files.createDirectories(WORK.resolve("logs")).resolve(test.simpleName() + name + ".log");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
		command.addAll(JVM);
		Path classes = this.own.get().resolve("classes");
		Files.deleteIfExists(classes);
		if (breakage == null) {
			command.add("-XX:DumpLoadedClassList=" + classes);
		}
		if (Files.exists(ARCHIVE)) {
			command.add("-XX:SharedArchiveFile=" + ARCHIVE);
		}
		command.addAll(List.of("-Dbasedir=" + test.module(), "-Djava.io.tmpdir=" + fresh(this.own.get().resolve("tmp")),
				"-cp", jars(test.module()) + java.io.File.pathSeparator + classPathPrefix + directories(test.module()),
				"RunTests", result.toString(), test.className()));
		command.addAll(methods);
		Process process = new ProcessBuilder(command).directory(test.module().toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		this.running.add(process);
		long begin = System.nanoTime();
		boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
		kill(process);
		this.running.remove(process);
		long millis = (System.nanoTime() - begin) / 1_000_000;
		if (Files.exists(classes)) {
			this.loaded.addAll(Files.readAllLines(classes));
		}
		Map<String, Run> runs = new LinkedHashMap<>();
		if (Files.exists(result)) {
			for (String line : Files.readAllLines(result)) {
				String[] parts = line.split("\t", 4);
				runs.put(parts[0],
						new Run(parts[2], parts[3], (methods.size() == 1) ? millis : Long.parseLong(parts[1])));
			}
		}
		if (!classPathPrefix.isEmpty()) {
			// The breakage changed what other classes call: that is no failed test.
			Matcher unlinked = UNLINKED.matcher(Files.readString(log));
			if (unlinked.find()) {
				runs.replaceAll((method, run) -> new Run("did not compile with the others", unlinked.group(), millis));
			}
		}
		String missing = ended ? "ended its JVM" : "hung";
		methods.forEach((method) -> runs.putIfAbsent(method, new Run(missing, "see " + log, millis)));
		return runs;
	}

	private static String shortened(String name) {
		return (name.length() > 100) ? name.substring(0, 100) : name;
	}

	private static void kill(Process process) {
		process.descendants().forEach(ProcessHandle::destroyForcibly);
		process.destroyForcibly();
	}

	private static String classPath(Path module) throws IOException {
		return module.resolve("target/classes") + java.io.File.pathSeparator
				+ Files.readString(module.resolve("target/test.classpath")).strip();
	}

	/** An archive of classes is for class paths that begin with its jars; directories cannot be in it. */
	private static String jars(Path module) throws Exception {
		return Stream.of((classPath(module) + java.io.File.pathSeparator + launcherJars(module)).split(java.io.File.pathSeparator))
			.filter((entry) -> entry.endsWith(".jar"))
			.collect(Collectors.joining(java.io.File.pathSeparator));
	}

	private static String directories(Path module) throws IOException {
		return Stream
			.concat(Stream.of(module.resolve("target/test-classes").toString(), WORK.resolve("launcher").toString()),
					Stream.of(classPath(module).split(java.io.File.pathSeparator)).filter((entry) -> !entry.endsWith(".jar")))
			.collect(Collectors.joining(java.io.File.pathSeparator));
	}

	/** For the module with most of the tests; to the JVMs of others, whose jars are not the same, it does not matter. */
	private void archive() throws Exception {
		if (this.loaded.isEmpty() || this.resume && Files.exists(ARCHIVE)) {
			return;
		}
		Path classes = Files.write(WORK.resolve("classes"), this.loaded);
		Path log = WORK.resolve("logs/archive.log");
		Files.deleteIfExists(ARCHIVE);
		new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:dump",
				"-XX:SharedClassListFile=" + classes, "-XX:SharedArchiveFile=" + ARCHIVE, "-cp", jars(modules().get(0)))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start()
			.waitFor();
	}

	/** The copy gets what differs; what is gone here goes there. Returns a hash of what tests can depend on. */
	private static String synchronize() throws IOException, NoSuchAlgorithmException {
		Files.createDirectories(TREE);
		Map<String, Path> here = files(ROOT);
		Map<String, Path> there = files(TREE);
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		for (Map.Entry<String, Path> file : here.entrySet()) {
			byte[] content = Files.readAllBytes(file.getValue());
			if (!file.getKey().startsWith("docs/breakages/") && !file.getKey().startsWith(".ci/")) {
				digest.update(file.getKey().getBytes(StandardCharsets.UTF_8));
				digest.update(content);
			}
			Path copy = TREE.resolve(file.getKey());
			if (!there.containsKey(file.getKey()) || !Arrays.equals(content, Files.readAllBytes(copy))) {
				changing(file.getKey());
				Files.createDirectories(copy.getParent());
				Files.copy(file.getValue(), copy, StandardCopyOption.REPLACE_EXISTING);
			}
		}
		for (Map.Entry<String, Path> file : there.entrySet()) {
			if (!here.containsKey(file.getKey())) {
				changing(file.getKey());
				Files.delete(file.getValue());
			}
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static void changing(String path) throws IOException {
		if (path.contains("/src/") || path.endsWith("pom.xml")) {
			Files.deleteIfExists(COMPILED);
		}
	}

	private static Map<String, Path> files(Path root) throws IOException {
		Map<String, Path> files = new TreeMap<>();
		Files.walkFileTree(root, new SimpleFileVisitor<>() {

			@Override
			public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
				return NOT_COPIED.contains(directory.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE
						: FileVisitResult.CONTINUE;
			}

			@Override
			public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
				files.put(root.relativize(file).toString().replace('\\', '/'), file);
				return FileVisitResult.CONTINUE;
			}

		});
		return files;
	}

	/** What was seen in this very tree: unbroken tests that passed, and breakages at which they failed. */
	private void readSeen(String hash) throws IOException {
		List<String> lines = Files.exists(SEEN) ? Files.readAllLines(SEEN) : List.of();
		this.seen.addAll(lines.contains(hash) ? lines : List.of(hash));
	}

	private synchronized void writeSeen() throws IOException {
		Files.write(SEEN, this.seen);
	}

	/** Without the static checks, which are about other things. */
	private static void compile() throws Exception {
		if (!Files.exists(COMPILED)) {
			maven("clean", "test-compile", "org.apache.maven.plugins:maven-dependency-plugin:build-classpath",
					"-Dmdep.outputFile=target/test.classpath", "-P", "!static-checks");
			Files.createFile(COMPILED);
		}
		Path launcher = fresh(WORK.resolve("launcher"));
		Path source = launcher.resolve("RunTests.java");
		Files.writeString(source, RUN_TESTS);
		Path module = modules().get(0);
		String errors = javac(launcher, classPath(module) + java.io.File.pathSeparator + launcherJars(module),
				List.of(source));
		if (!errors.isEmpty()) {
			throw new IllegalStateException(errors);
		}
	}

	/** JUnit's launcher, which Surefire brings for its own use, in the version of the engine on the class path. */
	private static String launcherJars(Path module) throws Exception {
		Path engine = Stream.of(classPath(module).split(java.io.File.pathSeparator))
			.map(Path::of)
			.filter((jar) -> jar.getFileName().toString().startsWith("junit-platform-engine-"))
			.findFirst()
			.orElseThrow();
		String version = engine.getFileName().toString().replaceAll("junit-platform-engine-|\\.jar", "");
		Path launcher = WORK.resolve("junit-platform-launcher-" + version + ".jar");
		if (!Files.exists(launcher)) {
			maven("-N", "org.apache.maven.plugins:maven-dependency-plugin:copy",
					"-Dartifact=org.junit.platform:junit-platform-launcher:" + version, "-DoutputDirectory=" + WORK);
		}
		return launcher.toString();
	}

	private static void maven(String... arguments) throws Exception {
		boolean windows = System.getProperty("os.name").startsWith("Windows");
		List<String> command = new ArrayList<>(windows ? List.of("cmd", "/c", "mvnw.cmd") : List.of("sh", "./mvnw"));
		command.addAll(List.of("-B", "-q", "-ntp"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).directory(TREE.toFile()).inheritIO().start();
		if (process.waitFor() != 0) {
			throw new IllegalStateException("failed: " + String.join(" ", command));
		}
	}

	private static String javac(Path classes, String classPath, List<Path> sources) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
		try (StandardJavaFileManager manager = compiler.getStandardFileManager(problems, null, StandardCharsets.UTF_8)) {
			boolean compiled = compiler
				.getTask(null, manager, problems,
						List.of("-d", classes.toString(), "-cp", classPath, "--release", "17", "-parameters", "-proc:none",
								"-nowarn", "-implicit:none"),
						null, manager.getJavaFileObjectsFromPaths(sources))
				.call();
			return compiled ? ""
					: problems.getDiagnostics().stream().map(Object::toString).collect(Collectors.joining(" | "));
		}
	}

	private static Path fresh(Path directory) throws IOException {
		if (Files.exists(directory)) {
			try (Stream<Path> files = Files.walk(directory)) {
				for (Path file : files.sorted((left, right) -> right.compareTo(left)).toList()) {
					Files.delete(file);
				}
			}
		}
		return Files.createDirectories(directory);
	}

	private static List<Path> modules() throws IOException {
		try (Stream<Path> files = Files.list(TREE)) {
			return files.filter((file) -> Files.isDirectory(file.resolve("src/test/java"))).sorted().toList();
		}
	}

	private void findTests() throws IOException {
		for (Path module : modules()) {
			Path sources = module.resolve("src/test/java");
			try (Stream<Path> files = Files.walk(sources)) {
				files.filter((file) -> file.toString().endsWith("Tests.java")).forEach((file) -> {
					String path = sources.relativize(file).toString();
					String className = path.substring(0, path.length() - ".java".length())
						.replace('/', '.')
						.replace('\\', '.');
					this.tests.put(className.substring(className.lastIndexOf('.') + 1), new TestClass(module, className));
				});
			}
		}
	}

	private static synchronized boolean say(String result, Breakage breakage, String what, String detail) {
		System.out.println(result + " " + breakage.section() + " | " + breakage.promise() + " | " + breakage.breaks()
				+ " | " + breakage.test() + ": " + what + (detail.isEmpty() ? "" : ": " + detail));
		return result.startsWith("ok");
	}

	private record TestClass(Path module, String className) {

		String simpleName() {
			return this.className.substring(this.className.lastIndexOf('.') + 1);
		}

	}

	private record Run(String outcome, String detail, long millis) {

		Run(String outcome, String detail) {
			this(outcome, detail, 0);
		}

	}

	private record Replacement(String file, String from, String to) {
	}

	private record Breakage(String section, Map<String, String> values, List<Replacement> replacements) {

		static List<Breakage> readAll(Path directory) throws IOException {
			List<Breakage> breakages = new ArrayList<>();
			try (Stream<Path> files = Files.list(directory)) {
				for (Path file : files.filter((path) -> path.toString().endsWith(".txt")).sorted().toList()) {
					String section = file.getFileName().toString().replace(".txt", "");
					String text = Files.readAllLines(file)
						.stream()
						.filter(Predicate.not((line) -> line.startsWith("#")))
						.collect(Collectors.joining("\n"));
					Stream.of(text.split("\n{2,}"))
						.filter(Predicate.not(String::isBlank))
						.map((entry) -> read(section, entry))
						.forEach(breakages::add);
				}
			}
			return breakages;
		}

		private static Breakage read(String section, String entry) {
			Map<String, String> values = new LinkedHashMap<>();
			List<String> files = new ArrayList<>();
			Map<Integer, List<String>> from = new LinkedHashMap<>();
			Map<Integer, List<String>> to = new LinkedHashMap<>();
			for (String line : entry.strip().split("\n")) {
				if (line.startsWith("-") || line.startsWith("+")) {
					(line.startsWith("-") ? from : to).computeIfAbsent(Math.max(0, files.size() - 1), ArrayList::new)
						.add(line.substring(1));
				}
				else {
					int colon = line.indexOf(": ");
					if (colon == -1) {
						throw new IllegalArgumentException(section + ": not a line of a breakage: " + line);
					}
					String value = line.substring(colon + 2).strip();
					if (line.startsWith("file: ")) {
						files.add(value);
					}
					else {
						values.put(line.substring(0, colon), value);
					}
				}
			}
			List<Replacement> replacements = new ArrayList<>();
			for (int i = 0; i < files.size(); i++) {
				replacements.add(new Replacement(files.get(i), String.join("\n", from.getOrDefault(i, List.of())),
						String.join("\n", to.getOrDefault(i, List.of()))));
			}
			Breakage breakage = new Breakage(section, values, replacements);
			Set<String> given = new LinkedHashSet<>(values.keySet());
			Set<String> wanted = breakage.cannotBeBroken().isEmpty() ? Set.of("promise", "breaks", "test")
					: Set.of("promise", "cannot be broken");
			if (!breakage.cannotBeBroken().isEmpty()) {
				given.remove("test");
			}
			if (!given.equals(wanted)
					|| breakage.cannotBeBroken().isEmpty() && (replacements.isEmpty() || breakage.testMethod().isEmpty()
							|| replacements.stream().anyMatch((replacement) -> replacement.from().isEmpty()))) {
				throw new IllegalArgumentException(
						section + ": a breakage has " + wanted + ", file and the text to replace: " + entry);
			}
			return breakage;
		}

		String promise() {
			return this.values.get("promise");
		}

		String breaks() {
			return this.values.get("breaks");
		}

		String test() {
			return this.values.getOrDefault("test", "");
		}

		String testClass() {
			return test().replaceFirst("#.*", "");
		}

		String testMethod() {
			return test().replaceFirst("[^#]*#?", "");
		}

		String cannotBeBroken() {
			return this.values.getOrDefault("cannot be broken", "");
		}

		boolean matches(List<String> filters) {
			String text = (this.section + "\n" + promise() + "\n" + this.replacements.stream().map(Replacement::file).toList()
					+ "\n" + test()).toLowerCase(Locale.ROOT);
			return filters.isEmpty()
					|| filters.stream().anyMatch((filter) -> text.contains(filter.toLowerCase(Locale.ROOT)));
		}

		String hash() {
			try {
				byte[] bytes = (this.values.toString() + this.replacements).getBytes(StandardCharsets.UTF_8);
				return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
			}
			catch (NoSuchAlgorithmException ex) {
				throw new UncheckedIOException(new IOException(ex));
			}
		}

	}

	/**
	 * What runs in the JVM of the tests: a line for each method, with name, outcome and detail. A method that is run alone is
	 * over when one of its invocations has failed.
	 */
	private static final String RUN_TESTS = """
			import java.lang.reflect.Method;
			import java.nio.file.*;
			import java.util.*;

			import org.junit.platform.engine.TestExecutionResult;
			import org.junit.platform.launcher.*;
			import org.junit.platform.launcher.core.*;

			import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

			class RunTests implements TestExecutionListener {

				final long begin = System.nanoTime();
				int ran;
				boolean skipped;
				Throwable failure;
				Runnable end;

				public static void main(String[] arguments) throws Exception {
					Class<?> type = Class.forName(arguments[1], false, RunTests.class.getClassLoader());
					Launcher launcher = LauncherFactory.openSession().getLauncher();
					for (String name : Arrays.asList(arguments).subList(2, arguments.length)) {
						var request = LauncherDiscoveryRequestBuilder.request();
						for (Method method : type.getDeclaredMethods()) {
							if (method.getName().equals(name) && !method.isSynthetic()) {
								request.selectors(selectMethod(type, method));
							}
						}
						RunTests listener = new RunTests();
						listener.end = (arguments.length > 3) ? () -> { } : () -> {
							write(arguments[0], name, listener);
							Runtime.getRuntime().halt(0);
						};
						launcher.execute(request.build(), listener);
						write(arguments[0], name, listener);
					}
					System.exit(0);
				}

				static void write(String file, String name, RunTests listener) {
					try {
						Files.writeString(Path.of(file),
								name + "\\t" + (System.nanoTime() - listener.begin) / 1_000_000 + "\\t" + listener.outcome() + "\\n",
								StandardOpenOption.CREATE, StandardOpenOption.APPEND);
					}
					catch (java.io.IOException ex) {
						throw new java.io.UncheckedIOException(ex);
					}
				}

				String outcome() {
					if (this.failure != null) {
						this.failure.printStackTrace();
						String text = this.failure.toString().replaceAll("\\\\s+", " ");
						return "failed\\t" + text.substring(0, Math.min(300, text.length()));
					}
					return (this.skipped || this.ran == 0) ? "was not run\\t" : "passed\\t";
				}

				public void executionSkipped(TestIdentifier test, String reason) {
					this.skipped = true;
				}

				public void executionFinished(TestIdentifier test, TestExecutionResult result) {
					this.ran += test.isTest() ? 1 : 0;
					this.skipped |= result.getStatus() == TestExecutionResult.Status.ABORTED;
					if (this.failure == null && result.getStatus() == TestExecutionResult.Status.FAILED) {
						this.failure = result.getThrowable().orElse(null);
						this.end.run();
					}
				}

			}
			""";

}
