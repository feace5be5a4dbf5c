package io.zapkv.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Holds the arrows of the house: ring ← zns-backend ← engine ← compat-bench.
///
/// Maven and the module descriptors refuse most wrong arrows already. They cannot refuse one inside
/// a module, and they stop refusing the day somebody adds a dependency; this test says why not to.
class ArchitectureTest {
  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.zapkv");

  @Test
  void theWholeHouseIsRead() {
    // Without this, a rule over a package that was renamed would hold for ever, over nothing.
    assertThat(HOUSE.containPackage("io.zapkv.cli")).isTrue();
    assertThat(HOUSE.containPackage("io.zapkv.ring")).isTrue();
    assertThat(HOUSE.containPackage("io.zapkv.zns")).isTrue();
    assertThat(HOUSE.containPackage("io.zapkv.api")).isTrue();
  }

  @Test
  void noArrowPointsBack() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.zapkv..")
        .withOptionalLayers(true)
        .layer("ring")
        .definedBy("io.zapkv.ring..")
        .layer("zns-backend")
        .definedBy("io.zapkv.zns..")
        .layer("engine")
        .definedBy("io.zapkv", "io.zapkv.api..", "io.zapkv.engine..")
        .layer("compat-bench")
        .definedBy("io.zapkv.cli..", "io.zapkv.compat..", "io.zapkv.bench..", "io.zapkv.sim..")
        .whereLayer("compat-bench")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("engine")
        .mayOnlyBeAccessedByLayers("compat-bench")
        .whereLayer("zns-backend")
        .mayOnlyBeAccessedByLayers("engine", "compat-bench")
        .ensureAllClassesAreContainedInArchitecture()
        .because("a room may use only the rooms below it")
        .check(HOUSE);
  }

  /// Inside the engine, lower first; rooms of one line may not see each other.
  private static final String[][] ENGINE = {
    {"api", "base"},
    {"format"},
    {"zone"},
    {"append"},
    {"staging"},
    {"memtable", "wal", "filter", "cache"},
    {"table"},
    {"version"},
    {"read"},
    // Compaction merges with the cursors that reads merge with.
    {"write", "compaction"},
    {"core"},
    {"zap", "inspect"}
  };

  @Test
  void insideTheEngineALowerRoomNeverSeesAnUpperOne() {
    var layers =
        layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(
                "io.zapkv", "io.zapkv.api..", "io.zapkv.engine..")
            .withOptionalLayers(true);
    for (String[] line : ENGINE) {
      for (String room : line) {
        layers = layers.layer(room).definedBy(packageOf(room));
      }
    }
    for (int line = 0; line < ENGINE.length; line++) {
      String[] above =
          Arrays.stream(ENGINE, line + 1, ENGINE.length)
              .flatMap(Arrays::stream)
              .toArray(String[]::new);
      for (String room : ENGINE[line]) {
        layers =
            above.length == 0
                ? layers.whereLayer(room).mayNotBeAccessedByAnyLayer()
                : layers.whereLayer(room).mayOnlyBeAccessedByLayers(above);
      }
    }
    layers.because("design.md draws the arrows that way").check(HOUSE);
  }

  private static String packageOf(String room) {
    return switch (room) {
      case "zap" -> "io.zapkv";
      case "api" -> "io.zapkv.api..";
      default -> "io.zapkv.engine." + room + "..";
    };
  }

  @Test
  void thePublicTypesKnowNothingOfTheEngine() {
    noClasses()
        .that()
        .resideInAPackage("io.zapkv.api..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.zapkv", "io.zapkv.engine..", "io.zapkv.zns..", "io.zapkv.ring..")
        .because("code written against them runs on anything that keeps their promise")
        .check(HOUSE);
  }

  @Test
  void onlyOneRoomCallsTheOperatingSystem() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.zapkv.ring.sys..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .because("a wrong downcall ends the process: there is one place to look for it")
        .check(HOUSE);
  }

  @Test
  void noRoomsInAModuleGoInACircle() {
    for (String module : new String[] {"ring", "zns", "engine"}) {
      slices()
          .matching("io.zapkv." + module + ".(*)..")
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .because("a cycle is a missing room")
          .check(HOUSE);
    }
  }
}
