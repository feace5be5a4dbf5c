package io.zapkv.arch;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/// Holds the seams that the simulator needs: the engine gets time, threads, chance and I/O from
/// outside, and waits in ways that a scheduler of ours can see.
class SeamTest {
  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.zapkv", "io.zapkv.api", "io.zapkv.engine");

  private static final DescribedPredicate<JavaClass> SIMULATED =
      resideInAnyPackage("io.zapkv", "io.zapkv.api..", "io.zapkv.engine..")
          .and(DescribedPredicate.not(nameMatching("io\\.zapkv\\.engine\\.base\\.SystemEnv")));

  private static ArchRule neverCalls(String type, String methods, String why) {
    return noClasses()
        .that(SIMULATED)
        .should()
        .callMethodWhere(target(owner(name(type))).and(target(nameMatching(methods))))
        .because(why);
  }

  private static ArchRule neverSees(String types, String why) {
    return noClasses()
        .that(SIMULATED)
        .should()
        .dependOnClassesThat(nameMatching(types))
        .because(why);
  }

  @Test
  void theEngineIsRead() {
    if (ENGINE.stream().filter(SIMULATED).count() < 150) {
      throw new AssertionError("a rule over nothing holds for ever");
    }
  }

  @Test
  void nobodyWaitsByTheRealClock() {
    String why = "a timer of the JDK wakes threads when it likes; Env.pause is simulated";
    neverCalls("java.util.concurrent.locks.LockSupport", "park(Nanos|Until)", why).check(ENGINE);
    neverCalls("java.lang.Thread", "sleep", why).check(ENGINE);
    neverCalls("java.util.concurrent.locks.Condition", "await(Nanos|Until)", why).check(ENGINE);
    neverCalls("java.lang.System", "nanoTime|currentTimeMillis", why).check(ENGINE);
    neverSees("java\\.time\\.Clock|java\\.util\\.Timer.*", why).check(ENGINE);
  }

  @Test
  void nobodyUsesMonitorsToWait() {
    String why = "the JDK wakes who waits for a monitor from a thread of its own";
    neverCalls("java.lang.Object", "wait|notify|notifyAll", why).check(ENGINE);
  }

  @Test
  void nobodyHasThreadsOfItsOwn() {
    String why = "Env.start is simulated, and no other thread is";
    neverCalls("java.lang.Thread", "start|ofPlatform|ofVirtual|startVirtualThread", why)
        .check(ENGINE);
    neverSees(
            "java\\.util\\.concurrent\\.(Executors|CompletableFuture|ForkJoin.*|ThreadPool.*)"
                + "|java\\.lang\\.ref\\.Cleaner.*",
            why)
        .check(ENGINE);
  }

  @Test
  void nobodyDrawsFromElsewhere() {
    neverSees(
            "java\\.security\\.SecureRandom|java\\.util\\.concurrent\\.ThreadLocalRandom"
                + "|java\\.util\\.(Random|UUID|SplittableRandom)",
            "Env.random is seeded")
        .check(ENGINE);
    neverCalls("java.lang.System", "identityHashCode", "it differs from run to run").check(ENGINE);
  }

  @Test
  void nobodyReachesFilesButThroughTheDevice() {
    neverSees(
            "java\\.nio\\.file\\.Files|java\\.nio\\.channels\\..*|java\\.io\\.(File.*|Random.*)"
                + "|java\\.net\\..*",
            "the device is simulated, and no file is")
        .check(ENGINE);
  }
}
