package io.baseplate.kafka;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Who may import whom: the table of docs/architecture.md.
 */
@AnalyzeClasses(packages = "io.baseplate.kafka", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.baseplate.kafka";

	private static final String CONSUMER = ROOT + ".consumer..";

	private static final String OBSERVATION = ROOT + ".observation..";

	private static final String ACTUATE = ROOT + ".actuate..";

	private static final String AUTOCONFIGURE = ROOT + ".autoconfigure..";

	private static final String DEV_BROKER = ROOT + ".devbroker..";

	@ArchTest
	static final ArchRule whatUsersNameImportsNoOtherRoom = noClasses().that()
		.resideInAPackage(ROOT)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(CONSUMER, OBSERVATION, ACTUATE, AUTOCONFIGURE, DEV_BROKER)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule engineImportsOnlyWhatUsersName = noClasses().that()
		.resideInAPackage(CONSUMER)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(OBSERVATION, ACTUATE, AUTOCONFIGURE, DEV_BROKER)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule engineKnowsNeitherSpringNorJackson = noClasses().that()
		.resideInAPackage(CONSUMER)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework..", "com.fasterxml.jackson..", "tools.jackson..")
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule observationImportsOnlyTheEngineAndWhatUsersName = noClasses().that()
		.resideInAPackage(OBSERVATION)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(ACTUATE, AUTOCONFIGURE, DEV_BROKER)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule actuateImportsOnlyTheEngineAndWhatUsersName = noClasses().that()
		.resideInAPackage(ACTUATE)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(OBSERVATION, AUTOCONFIGURE, DEV_BROKER)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule nothingImportsTheAutoConfiguration = noClasses().that()
		.resideOutsideOfPackage(AUTOCONFIGURE)
		.should()
		.dependOnClassesThat()
		.resideInAPackage(AUTOCONFIGURE)
		.allowEmptyShould(true);

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.baseplate.(**)")
		.should()
		.beFreeOfCycles()
		.allowEmptyShould(true);

}
