package io.baseplate.kafka.benchmarks.client;

import java.nio.file.Path;
import java.util.List;

import io.baseplate.kafka.benchmarks.run.DieWithParent;
import io.baseplate.kafka.benchmarks.run.JsonFiles;
import io.baseplate.kafka.benchmarks.run.RunAnswer;
import io.baseplate.kafka.benchmarks.run.RunSpec;

/**
 * The measured JVM.
 */
public final class ClientMain {

	private ClientMain() {
	}

	/**
	 * Measure once.
	 * @param args the file with the {@link RunSpec}, and the file to write the
	 * {@link RunAnswer} to
	 */
	public static void main(String[] args) {
		DieWithParent.watch();
		RunSpec spec = JsonFiles.parse(JsonFiles.read(Path.of(args[0])), RunSpec.class);
		RunAnswer answer = answer(spec);
		JsonFiles.write(Path.of(args[1]), JsonFiles.line(answer));
		// Whatever threads a stack has left behind.
		System.exit(0);
	}

	private static RunAnswer answer(RunSpec spec) {
		try {
			Passes passes = new Passes(spec);
			passes.warm();
			return RunAnswer.of(passes.measure());
		}
		catch (UnverifiedException ex) {
			return RunAnswer.problems(ex.problems());
		}
		catch (Exception ex) {
			ex.printStackTrace();
			return RunAnswer.problems(List.of(ex.toString()));
		}
	}

}
