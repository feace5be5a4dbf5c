package io.zapkv.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.zapkv.Zap;
import io.zapkv.api.StoreOptions;
import io.zapkv.api.ZapStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Faults of the device and what the store answers, as `testdata/faults.txt` says line by line.
///
/// After each: what was acknowledged is read back from a device without faults, nothing that was
/// never written is, the structure is sound, every queue was given back, and no zone is lost.
class FaultTest {
  private static final int SECONDS = 60;

  /// More strikes of one sweep than any steps have operations.
  private static final int SWEEP_MAX = 500;

  /// A line of the table.
  ///
  /// @param fault its class in the fault model
  record Case(String fault, String rule, List<String> steps, String answer) {
    static Case parse(String line) {
      String[] cells = line.split("\\|", -1);
      assertThat(cells).as(line).hasSize(4);
      return new Case(
          cells[0].strip(),
          cells[1].strip().replaceAll(" +", " ").replace("; ", "\n"),
          List.of(cells[2].strip().split("\\s*,\\s*")),
          cells[3].strip());
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream text = FaultTest.class.getResourceAsStream("testdata/faults.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(Case::parse)
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aFaultIsAnsweredAsTheTableSays(Case each) {
    if (!each.rule().contains("nth=*")) {
      assertThat(play(each, each.rule())).as("the rule has struck").isPositive();
      return;
    }
    long others = each.rule().lines().filter(line -> !line.contains("nth=*")).count();
    int nth = 1;
    while (play(each, each.rule().replace("nth=*", "nth=" + nth)) > others) {
      nth++;
      assertThat(nth).isLessThan(SWEEP_MAX);
    }
    assertThat(nth).as("operations to strike").isGreaterThan(1);
    System.out.println(each.rule() + ": each of " + (nth - 1) + " struck");
  }

  /// A leaked stream or reader is some hundred KiB; so many stores would leave hundreds of MiB.
  @Test
  void storesThatFailedLeaveNoMemoryBehind() {
    Path figures = Path.of("/proc/self/statm");
    Assumptions.assumeTrue(Files.exists(figures));
    List<Case> some =
        Stream.of(
                "F16 | sync nth=1 fail TRANSPORT | put 20, fault, durable 1 | refused TRANSPORT",
                "F15 | lie nth=3 | put 300, fault, flush | refused A12",
                "F21 | any fail TRANSPORT | put 20, fault, reopen | unopened TRANSPORT",
                "F12 | read fail MEDIA_READ | put 300, flush, put 300, flush, reopen, fault, compact"
                    + " | refused MEDIA_READ")
            .map(Case::parse)
            .toList();
    List<Long> mebibytes = new ArrayList<>();
    for (int round = 0; round < 60; round++) {
      some.forEach(each -> play(each, each.rule()));
      if (round >= 20 && round % 10 == 9) {
        mebibytes.add(mappedMebibytes(figures));
      }
    }
    long growth = mebibytes.getLast() - mebibytes.getFirst();
    assertThat(growth).as("MiB mapped, over time: %s", mebibytes).isLessThan(60);
  }

  /// The index of a memtable of 8 MiB is a mebibyte.
  @Test
  void storesThatWereClosedLeaveNoMemoryBehind() {
    Path figures = Path.of("/proc/self/statm");
    Assumptions.assumeTrue(Files.exists(figures));
    StoreOptions options =
        StoreOptions.defaults().withMemtableBytes(8 << 20).withMemoryBudgetBytes(24 << 20);
    List<Long> mebibytes = new ArrayList<>();
    for (int round = 0; round < 300; round++) {
      try (ZapStore store = Zap.open("mem:?zones=24&capacity=256KiB&append=32KiB", options)) {
        store.put(new byte[] {1}, new byte[] {2});
      }
      if (round % 100 == 99) {
        mebibytes.add(mappedMebibytes(figures));
      }
    }
    long growth = mebibytes.getLast() - mebibytes.getFirst();
    assertThat(growth).as("MiB mapped, over time: %s", mebibytes).isLessThan(80);
  }

  private static long mappedMebibytes(Path figures) {
    try {
      return Long.parseLong(Files.readString(figures).split(" ")[0]) * 4096 >> 20;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long play(Case each, String rule) {
    FaultRun run = new FaultRun(rule, each.steps(), each.answer());
    try {
      Watchdog.within(SECONDS, run::play);
    } catch (Throwable e) {
      throw new AssertionError(
          each.fault() + " | " + rule + " | " + String.join(", ", each.steps()), e);
    }
    return run.fired();
  }
}
